package vectra

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Tokens keep the login of one brain between runs, so that one serves many. What they keep is a secret. Whether it
// could be kept is theirs to tell: a login that is not kept is made again.
type Tokens interface {
	// Load gives what was saved last, by this run or another; empty when nothing is kept.
	Load(ctx context.Context) string
	// Save keeps a text in place of what is kept; an empty one keeps nothing any more.
	Save(ctx context.Context, text string)
}

// forgetful Tokens keep nothing.
type forgetful struct{}

func (forgetful) Load(context.Context) string  { return "" }
func (forgetful) Save(context.Context, string) {}

// kept is a grant as Tokens keep it. It is of use only to who has the credentials that it was given for.
type kept struct {
	// Bound is a digest of the brain's address and the API client.
	Bound        string    `json:"bound"`
	Access       string    `json:"access"`
	AccessUntil  time.Time `json:"access_until,omitzero"`
	Refresh      string    `json:"refresh,omitempty"`
	RefreshUntil time.Time `json:"refresh_until,omitzero"`
}

// bound tells apart whom a token was given to: another brain, client or secret has no use for it.
func (b *bearer) bound(id, secret string) string {
	h := sha256.New()
	for _, part := range []string{b.c.origin.String(), b.path, id, secret} {
		one := sha256.Sum256([]byte(part))
		h.Write(one[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recall takes over what another run left, and reports whether its access token is good. One that the brain
// refused is not.
func (b *bearer) recall(ctx context.Context, bound, refused string) bool {
	var k kept
	if err := json.Unmarshal([]byte(b.tokens.Load(ctx)), &k); err != nil || k.Bound != bound {
		return false
	}
	b.c.veil.hide(k.Access, k.Refresh)
	now := b.c.now()
	if live(k.Refresh, k.RefreshUntil, now) {
		b.held.refresh, b.held.refreshUntil = k.Refresh, k.RefreshUntil
	}
	if k.Access == refused || !live(k.Access, k.AccessUntil, now) {
		return false
	}
	b.held.access, b.held.accessUntil = k.Access, k.AccessUntil
	return true
}

// remember keeps the grant that is held.
func (b *bearer) remember(ctx context.Context, bound string) {
	text, err := json.Marshal(kept{bound, b.held.access, b.held.accessUntil, b.held.refresh, b.held.refreshUntil})
	if err != nil { // texts and times can always be written
		return
	}
	b.tokens.Save(ctx, string(text))
}

// forget drops what is kept when it is the token that the brain refused.
func (b *bearer) forget(ctx context.Context, refused string) {
	var k kept
	if err := json.Unmarshal([]byte(b.tokens.Load(ctx)), &k); err == nil && refused != "" && k.Access == refused {
		b.tokens.Save(ctx, "")
	}
}

// LoginUntil tells of a text that Tokens keep when it is of no use any more; zero is never, or that it is no login.
func LoginUntil(text string) time.Time {
	var k kept
	if err := json.Unmarshal([]byte(text), &k); err != nil || k.RefreshUntil.Before(k.AccessUntil) {
		return k.AccessUntil
	}
	return k.RefreshUntil
}
