package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

// scribeSettings are those of a plugin that writes down what it was given.
type scribeSettings struct {
	Book     string `toml:"book" required:"true" help:"Where it writes."`
	Desk     string `toml:"desk" format:"url" help:"Where it would ring."`
	Accounts bool   `toml:"accounts" help:"Write down accounts too, by their names."`
	// Token is what a probe asks for: "right" has every right, "reader" may not write.
	Token secret.String `toml:"token" optional:"true" help:"Who writes."`
	blocker.TLS
}

// book is what the scribe was given.
type book struct {
	Name, Owner string
	Parallel    int
	Rate        float64
	Timeout     time.Duration
	Kinds       []entity.Kind
	Env         []string
	Held        map[string]bool
	Classes     map[string]entity.Class
}

type scribeBlocker struct {
	path     string
	accounts bool
	token    secret.String
	mu       sync.Mutex
	book     book
}

// Elements are what it would write down.
func (b *scribeBlocker) Elements(_ context.Context, t entity.Target) ([]string, error) {
	if b.accounts && t.Kind == entity.KindAccount {
		return []string{t.Name}, nil
	}
	return blocker.Addresses(t), nil
}

func scribe() blocker.Plugin[scribeSettings] {
	return blocker.Plugin[scribeSettings]{
		Name: "scribe", Version: "1.0.0", Help: "Writes down what it was given.", Label: "Scribe Client", Kinds: entity.Kinds(),
		Open: func(_ context.Context, s scribeSettings, i blocker.Instance) (blocker.Blocker, error) {
			b := &scribeBlocker{path: s.Book, accounts: s.Accounts, token: s.Token, book: book{
				Name: i.Name, Owner: i.Owner, Parallel: i.Parallel, Rate: i.Rate, Timeout: i.Timeout, Kinds: i.Kinds, Env: os.Environ(),
				Held: map[string]bool{}, Classes: map[string]entity.Class{},
			}}
			return b, b.read()
		},
	}
}

// read takes over what a former process held.
func (b *scribeBlocker) read() error {
	text, err := os.ReadFile(b.path)
	if os.IsNotExist(err) {
		return b.write()
	}
	var former book
	if err == nil {
		err = json.Unmarshal(text, &former)
	}
	if former.Held != nil {
		b.book.Held, b.book.Classes = former.Held, former.Classes
	}
	if err != nil {
		return err
	}
	return b.write()
}

// write leaves the book whole also when it is killed meanwhile.
func (b *scribeBlocker) write() error {
	text, err := json.Marshal(b.book)
	if err == nil {
		err = os.WriteFile(b.path+".new", text, 0o600)
	}
	if err != nil {
		return err
	}
	return os.Rename(b.path+".new", b.path)
}

func (b *scribeBlocker) Block(ctx context.Context, t entity.Target) (blocker.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	elements, _ := b.Elements(ctx, t)
	r := blocker.Receipt{Elements: elements}
	if len(r.Elements) == 0 {
		return r, &blocker.Error{Class: blocker.Unsupported, Err: os.ErrInvalid}
	}
	for _, element := range r.Elements {
		b.book.Held[element], b.book.Classes[element] = true, t.Kind.Class()
	}
	return r, b.write()
}

func (b *scribeBlocker) Unblock(_ context.Context, _ entity.Target, r blocker.Receipt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, element := range r.Elements {
		delete(b.book.Held, element)
	}
	return b.write()
}

// List is what stands in the book now.
func (b *scribeBlocker) List(context.Context) ([]blocker.Inventory, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	inv := blocker.Inventory{Device: "book"}
	for element := range b.book.Held {
		inv.Entries = append(inv.Entries, blocker.Entry{Element: element, Class: b.book.Classes[element], Owner: b.book.Owner})
	}
	return []blocker.Inventory{inv}, nil
}

// Probe tells what the token may do.
func (b *scribeBlocker) Probe(context.Context) []blocker.DeviceReport {
	refused := func(may bool) error {
		if may || b.token.Empty() {
			return nil
		}
		return &blocker.Error{Class: blocker.Unauthorized, Err: errors.New("the token is not good for it")}
	}
	token := b.token.Reveal()
	return []blocker.DeviceReport{{Device: "book", Checks: []blocker.Check{
		{Name: "read", Err: refused(token == "right" || token == "reader")}, {Name: "write", Err: refused(token == "right")},
	}}}
}

// Facts tell its only device.
func (b *scribeBlocker) Facts() blocker.Facts { return blocker.Facts{Devices: []string{"book"}} }
