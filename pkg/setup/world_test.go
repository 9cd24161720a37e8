package setup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/setup"
)

// person answers questions by their keys, and with what stands there when nothing else was told.
type person struct {
	// answers are given in turn; the last one again and again.
	answers map[string][]string
	// leave is the number of the question at which the person goes away, back the one at which it goes back once.
	leave, back int
	// lines are put after whatever else was said, for questions that nobody foresaw.
	otherwise func(setup.Question) (string, bool)

	asked []setup.Question
	said  []string
}

var errUnexpected = errors.New("the conversation does not end")

func (p *person) Ask(_ context.Context, q setup.Question) (string, error) {
	p.asked = append(p.asked, q)
	switch n := len(p.asked); {
	case n == p.leave:
		return "", setup.ErrEnded
	case n == p.back:
		return "", setup.ErrBack
	case n > 2000:
		return "", errUnexpected
	}
	if mine := p.answers[q.Key]; len(mine) > 0 {
		if len(mine) > 1 {
			p.answers[q.Key] = mine[1:]
		}
		return mine[0], nil
	}
	if p.otherwise != nil {
		if answer, ok := p.otherwise(q); ok {
			return answer, nil
		}
	}
	return q.Default, nil
}

func (p *person) Tell(text string) error {
	p.said = append(p.said, text)
	return nil
}

func (p *person) Keys() string { return "answers come from a test" }

// heard reports that a text was told.
func (p *person) heard(text string) bool { return strings.Contains(strings.Join(p.said, "\n"), text) }

// keys are what was asked for, in turn.
func (p *person) keys() []string {
	var keys []string
	for _, q := range p.asked {
		keys = append(keys, q.Key)
	}
	return keys
}

// bench is a trial that finds what a test says, and counts nothing but what it was told to.
type bench struct {
	brain   func(config.Brain, setup.Secrets) setup.BrainReport
	blocker func(config.Blocker, setup.Secrets) (schema.Problems, []setup.Check)
	plugins []setup.Plugin
	channel func(name string, cfg *config.Config, given setup.Secrets) []setup.Check
	counts  []setup.Count
	tried   int
}

func (b *bench) Brain(_ context.Context, _ string, c config.Brain, given setup.Secrets) setup.BrainReport {
	b.tried++
	if b.brain != nil {
		return b.brain(c, given)
	}
	return setup.BrainReport{Family: "QUX", API: "2.5", Checks: []setup.Check{{Name: "read hosts"}}}
}

func (b *bench) Plugins(context.Context) []setup.Plugin { return b.plugins }

func (b *bench) Blocker(_ context.Context, _ string, c config.Blocker, given setup.Secrets) (schema.Problems, []setup.Check) {
	b.tried++
	if b.blocker != nil {
		return b.blocker(c, given)
	}
	return nil, []setup.Check{{Of: "fw1", Name: "reachable"}}
}

func (b *bench) Channel(_ context.Context, name string, cfg *config.Config, given setup.Secrets) []setup.Check {
	if b.channel != nil {
		return b.channel(name, cfg, given)
	}
	return []setup.Check{{Of: name, Name: "connect"}}
}

func (b *bench) Counts(context.Context, *config.Config, setup.Secrets) []setup.Count { return b.counts }

// wall is a plugin with every type of setting.
func wall() setup.Plugin {
	return setup.Plugin{
		Name: "wall", Version: "1.0", Help: "A wall.", Label: "Wall", Kinds: []entity.Kind{entity.KindHost, entity.KindStatic},
		Settings: schema.Description{Fields: []schema.Field{
			{Name: "mode", Type: schema.Text, Help: "How.", Enum: []string{"high", "low"}, Default: "high"},
			{Name: "quiet", Type: schema.Bool, Help: "Say nothing.", Default: "true"},
			{Name: "bricks", Type: schema.Int, Help: "How many.", Default: "10", Min: "1", Max: "100"},
			{Name: "expiry", Type: schema.Duration, Help: "How long."},
			{Name: "command", Type: schema.Texts, Help: "What to run."},
			{Name: "colours", Type: schema.Pairs, Help: "Names of colours."},
			{Name: "device", Type: schema.Tables, Help: "The walls.", Min: "1", Fields: []schema.Field{
				{Name: "name", Type: schema.Text, Help: "What it is called.", Required: true},
				{Name: "url", Type: schema.Text, Help: "Where it is.", Required: true, Format: schema.FormatURL},
				{Name: "token", Type: schema.Secret, Help: "Its token."},
				{Name: "pin", Type: schema.Secret, Help: "Its pin.", Optional: true},
			}},
		}},
	}
}

// ring is a keyring in memory.
type ring struct {
	values map[string]string
	// refuse is the name that it does not take, elsewhere what is found in other places.
	refuse    string
	closed    bool
	elsewhere map[string]string
}

func newRing() *ring { return &ring{values: map[string]string{}, elsewhere: map[string]string{}} }

func (r *ring) Ready(context.Context) error {
	if r.closed {
		return errors.New("no keyring is available here")
	}
	return nil
}

func (r *ring) Find(_ context.Context, name string, _ ...string) (string, error) {
	if where := r.elsewhere[name]; where != "" {
		return where, nil
	}
	if _, there := r.values[name]; there {
		return "keyring test", nil
	}
	return "", nil
}

func (r *ring) Kept(_ context.Context, name string) (secret.String, bool, error) {
	value, there := r.values[name]
	return secret.New(value), there, nil
}

func (r *ring) Set(_ context.Context, name string, value secret.String) (string, error) {
	if name == r.refuse {
		return "", errors.New("the keyring is locked")
	}
	r.values[name] = value.Reveal()
	return "keyring test", nil
}

func (r *ring) Delete(_ context.Context, name string) error {
	delete(r.values, name)
	return nil
}

// scene is everything that a conversation needs.
type scene struct {
	path  string
	bench *bench
	ring  *ring
	// forget: what is typed is for the trials alone.
	forget bool
}

// on puts a file with this text into a folder of its own; none when there is no text.
func on(t interface {
	TempDir() string
	Fatal(...any)
}, text string,
) *scene {
	s := &scene{path: filepath.Join(t.TempDir(), "config.toml"), bench: &bench{plugins: []setup.Plugin{wall()}}, ring: newRing()}
	if text != "" {
		if err := os.WriteFile(s.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// noon is when all of this happens: Monday 23 November 2026, 12:00 UTC.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func needs(name string, b config.Brain) []setup.Need {
	var all []setup.Need
	for _, full := range b.Secrets(name) {
		all = append(all, setup.Need{Name: full})
	}
	return all
}

// meet has a person answer, and secrets kept.
func (s *scene) meet(p *person) (setup.Result, error) { return s.meetFor(context.Background(), p) }

func (s *scene) meetFor(ctx context.Context, p *person) (setup.Result, error) {
	d, err := config.OpenDocument(s.path)
	if err != nil {
		return setup.Result{}, err
	}
	return setup.Run(ctx, d, setup.Options{
		Prompter: p, Trial: s.bench, Keyring: s.ring, BrainNeeds: needs, Now: noon, KeepSecrets: !s.forget,
	})
}

// text is what the file holds now; that there is none is not the same as an empty one.
func (s *scene) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return "(no file)"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newcomer answers what a first configuration needs; a copy for each conversation.
func newcomer() *person {
	return &person{answers: map[string][]string{
		"brains":                               {"+another", "+on"},
		"brain.hq.url":                         {"https://brain.example.net"},
		"brain.hq.client_id":                   {"me"},
		"brain.hq.client_secret":               {"s3cr3t-of-the-brain"},
		"blockers":                             {"+another", "+on"},
		"blocker.wall.settings.device":         {"+another", "+on"},
		"blocker.wall.settings.device[0].name": {"fw1"},
		"blocker.wall.settings.device[0].url":  {"https://fw1.example.net"},
		"blocker.wall.settings.command":        {"/bin/true, -x"},
		"blocker.wall.settings.colours":        {`{ a = "red" }`},
		"blocker.wall.device.fw1.token":        {"s3cr3t-of-the-wall"},
		"hosts.score":                          {setup.Affirmed},
		"hosts.score.threat":                   {"80"},
		"hosts.score.certainty":                {"70"},
		"state":                                {"sqlite:///tmp/var.db"},
		"what next":                            {"write"},
	}}
}

func numbered(n int) string { return fmt.Sprintf("at question %d", n) }
