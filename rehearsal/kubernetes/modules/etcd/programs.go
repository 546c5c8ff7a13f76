//go:build programs

// Package programs keeps in go.mod what is built from it: etcd and etcdctl, both unchanged.
package programs

import (
	_ "go.etcd.io/etcd/etcdctl/v3"
	_ "go.etcd.io/etcd/server/v3"
)
