package lab

import (
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
	"time"
)

// clock is real time plus what was added, so that tokens and bans can run out without waiting.
type clock struct{ ahead atomic.Int64 }

// Now is the time in the world.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Advance moves the time in the world.
func (c *clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// randomHex gives n random bytes in hex.
func randomHex(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(raw)
}
