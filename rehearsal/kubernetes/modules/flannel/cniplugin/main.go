// Command cniplugin is a CNI plugin of type "flannel", with the configuration and the results of
// github.com/flannel-io/cni-plugin, whose module the Go module proxy does not serve.
//
// The flannel daemon writes which addresses this node may give out to a file. ADD turns that into a configuration of
// the bridge plugin with host-local addresses and hands over to it; DEL finds that configuration again by container.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/containernetworking/cni/pkg/invoke"
	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	"github.com/containernetworking/cni/pkg/version"
)

// networkConfig is the part of a CNI network configuration that this plugin reads.
type networkConfig struct {
	types.NetConf
	SubnetFile string         `json:"subnetFile"` // default /run/flannel/subnet.env
	DataDir    string         `json:"dataDir"`    // default /var/lib/cni/flannel
	Delegate   map[string]any `json:"delegate"`   // settings for the bridge plugin; they win over ours
}

// subnet is what the flannel daemon leased for this node.
type subnet struct {
	network    string // of all pods
	addresses  string // of this node's pods
	mtu        int    // 0: leave it to the bridge plugin
	masquerade bool   // the daemon masquerades itself, so that the bridge plugin must not
}

func parseConfig(stdin []byte) (networkConfig, error) {
	config := networkConfig{SubnetFile: "/run/flannel/subnet.env", DataDir: "/var/lib/cni/flannel"}
	if err := json.Unmarshal(stdin, &config); err != nil {
		return config, fmt.Errorf("flannel: network configuration: %w", err)
	}
	return config, nil
}

func readSubnet(path string) (subnet, error) {
	file, err := os.Open(path)
	if err != nil {
		return subnet{}, fmt.Errorf("flannel: the daemon has not leased a subnet yet: %w", err)
	}
	defer file.Close()
	values := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if key, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "="); found {
			values[key] = value
		}
	}
	if err := lines.Err(); err != nil {
		return subnet{}, fmt.Errorf("flannel: %s: %w", path, err)
	}
	// FLANNEL_SUBNET is the gateway's address with the length of the prefix: 10.1.2.1/24.
	gateway, err := netip.ParsePrefix(values["FLANNEL_SUBNET"])
	if err != nil || values["FLANNEL_NETWORK"] == "" {
		return subnet{}, fmt.Errorf("flannel: %s: expected FLANNEL_NETWORK and FLANNEL_SUBNET, found %q and %q", path, values["FLANNEL_NETWORK"], values["FLANNEL_SUBNET"])
	}
	mtu, _ := strconv.Atoi(values["FLANNEL_MTU"])
	return subnet{values["FLANNEL_NETWORK"], gateway.Masked().String(), mtu, values["FLANNEL_IPMASQ"] == "true"}, nil
}

func bridgeConfig(config networkConfig, lease subnet) map[string]any {
	bridge := map[string]any{"type": "bridge", "isGateway": true, "ipMasq": !lease.masquerade}
	if lease.mtu > 0 {
		bridge["mtu"] = lease.mtu
	}
	for key, value := range config.Delegate {
		bridge[key] = value
	}
	bridge["name"] = config.Name
	bridge["cniVersion"] = config.CNIVersion
	bridge["ipam"] = map[string]any{
		"type":   "host-local",
		"ranges": [][]map[string]string{{{"subnet": lease.addresses}}},
		"routes": []map[string]string{{"dst": lease.network}},
	}
	return bridge
}

func add(args *skel.CmdArgs) error {
	config, err := parseConfig(args.StdinData)
	if err != nil {
		return err
	}
	lease, err := readSubnet(config.SubnetFile)
	if err != nil {
		return err
	}
	bridge := bridgeConfig(config, lease)
	body, err := json.Marshal(bridge)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(config.DataDir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(config.DataDir, args.ContainerID), body, 0o600); err != nil {
		return err
	}
	result, err := invoke.DelegateAdd(context.Background(), fmt.Sprint(bridge["type"]), body, nil)
	if err != nil {
		return fmt.Errorf("flannel: %v plugin: %w", bridge["type"], err)
	}
	return types.PrintResult(result, config.CNIVersion)
}

// del succeeds when there is nothing to remove: CNI may call it twice, or without an ADD before.
func del(args *skel.CmdArgs) error {
	config, err := parseConfig(args.StdinData)
	if err != nil {
		return err
	}
	path := filepath.Join(config.DataDir, args.ContainerID)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var bridge types.NetConf
	if err := json.Unmarshal(body, &bridge); err != nil {
		return fmt.Errorf("flannel: %s: %w", path, err)
	}
	if err := invoke.DelegateDel(context.Background(), bridge.Type, body, nil); err != nil {
		return fmt.Errorf("flannel: %s plugin: %w", bridge.Type, err)
	}
	return os.Remove(path)
}

func check(*skel.CmdArgs) error { return nil }

func main() {
	skel.PluginMainFuncs(skel.CNIFuncs{Add: add, Check: check, Del: del}, version.All, "CNI plugin flannel, stand-in")
}
