//go:build !unix

package main

import (
	"context"
	"sync"
)

var locks sync.Map

// lock keeps the calls of this process apart.
func lock(_ context.Context, path string) (unlock func(), err error) {
	m, _ := locks.LoadOrStore(path, &sync.Mutex{})
	m.(*sync.Mutex).Lock()
	return m.(*sync.Mutex).Unlock, nil
}
