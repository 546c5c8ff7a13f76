"""Says what is left of a cluster at EC2: asks for everything in the region without a filter, and judges it here.

Usage: left-at-ec2.py <endpoint> <cluster> <vpc id>; prints a JSON list of ids. Shares nothing with the product.
"""

import json
import sys

import boto3

endpoint, cluster, vpc_id = sys.argv[1:]
ec2 = boto3.client(
    "ec2",
    region_name="ap-northeast-2",
    endpoint_url=endpoint,
    aws_access_key_id="test",
    aws_secret_access_key="test",
)

KINDS = [
    ("describe_volumes", "Volumes", "VolumeId"),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("describe_security_groups", "SecurityGroups", "GroupId"),
    ("describe_subnets", "Subnets", "SubnetId"),
    ("describe_route_tables", "RouteTables", "RouteTableId"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("describe_vpcs", "Vpcs", "VpcId"),
    ("describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
]


def pages(operation, field):
    for page in ec2.get_paginator(operation).paginate():
        yield from page.get(field, [])


def everything():
    for reservation in pages("describe_instances", "Reservations"):
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield instance["InstanceId"], instance
    for operation, field, key in KINDS:
        for thing in pages(operation, field):
            yield thing[key], thing
    for key_pair in ec2.describe_key_pairs()["KeyPairs"]:
        yield key_pair["KeyPairId"], key_pair
    for address in ec2.describe_addresses()["Addresses"]:
        yield address["AllocationId"], address


def is_left(thing):
    tags = {tag["Key"]: tag["Value"] for tag in thing.get("Tags", thing.get("TagSet", []))}
    ours = tags.get("groundswell.dev/cluster") == cluster and tags.get("groundswell.dev/managed-by") == "groundswell"
    vpcs = [thing.get("VpcId")] + [attached.get("VpcId") for attached in thing.get("Attachments", [])]
    return ours or vpc_id in vpcs


print(json.dumps(sorted({thing_id for thing_id, thing in everything() if is_left(thing)})))
