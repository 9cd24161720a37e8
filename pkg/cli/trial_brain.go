package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/setup"
	"github.com/var-project/var/pkg/vectra"
)

// families are how persons call the two families of brains.
var families = map[string]struct{ short, long string }{
	"qux": {"QUX", "Quadrant UX"}, "rux": {"RUX", "Respond UX"},
}

// Brain recognises a brain, logs in, and looks at each right.
func (t *trial) Brain(ctx context.Context, name string, b config.Brain, given setup.Secrets) setup.BrainReport {
	ctx, cancel := within(ctx, trialTime)
	defer cancel()
	m := &meeting{system: t.system(nil, given), name: name, brain: b, asked: t.asked}
	m.begin(ctx)
	if m.console != nil {
		defer func() { m.console.Close() }()
		m.version()
		m.rights(ctx)
	}
	return m.report
}

// meeting is a trial of one brain.
type meeting struct {
	*system
	name    string
	brain   config.Brain
	asked   bool
	access  vectra.Config
	console *vectra.Console
	report  setup.BrainReport
}

func (m *meeting) add(c setup.Check) {
	c.Of = m.name
	m.report.Checks = append(m.report.Checks, c)
}

// begin reaches the brain and logs in. A login that an earlier run kept would tell nothing of the credentials.
func (m *meeting) begin(ctx context.Context) {
	var err error
	if m.access, err = m.system.access(m.name, m.brain); err != nil {
		m.add(setup.Check{Name: "reach", Err: err})
		return
	}
	m.access.Tokens = nil
	var id vectra.Identity
	m.console, id, err = vectra.Recognize(ctx, m.access)
	if id.Family == "" {
		m.add(setup.Check{Name: "reach", Err: err})
		return
	}
	m.report.Family, m.report.API = families[id.Family].short, id.API
	m.add(setup.Check{Name: "reach", Detail: families[id.Family].long + m.unverified()})
	m.add(setup.Check{Name: setup.LogIn, Detail: m.credentials(err), Err: err})
}

func (m *meeting) unverified() string {
	if m.brain.InsecureSkipVerify {
		return "; its certificate is not verified"
	}
	return ""
}

// credentials are what logged in, or what to do about those that could not.
func (m *meeting) credentials(err error) string {
	switch {
	case err != nil && entity.ClassOf(err) == entity.Unauthorized && m.asked:
		return "type the credentials again"
	case err != nil && entity.ClassOf(err) == entity.Unauthorized:
		return "store what is right: var secret set " + strings.Join(m.brain.Secrets(m.name), ", var secret set ")
	case err != nil:
		return ""
	case m.brain.Auth == "token":
		return "as a user, by token"
	}
	return "as an API client"
}

// version compares the version that is configured with those that the brain speaks. Rights are looked at in the one that
// will be used.
func (m *meeting) version() {
	newest, wanted := m.report.API, m.brain.API
	c := setup.Check{Name: "api " + newest}
	switch {
	case wanted == "" || wanted == newest:
	case wanted[0] != newest[0] || wanted > newest:
		c.Name = "api " + wanted
		c.Err = fmt.Errorf("the brain speaks API %s at most, of the family %s", newest, m.report.Family)
		c.Detail = fmt.Sprintf("write brain.%s.api = %q", m.name, newest)
	default:
		older, err := vectra.New(m.access)
		if err == nil {
			m.console.Close()
			m.console = older
		}
		c = setup.Check{Name: "api " + wanted, Detail: newest + " answers too", Err: err}
	}
	m.add(c)
}

func (m *meeting) rights(ctx context.Context) {
	for _, c := range m.console.Probe(ctx) {
		m.add(setup.Check{Name: c.Name, Detail: c.Detail, Err: c.Err})
	}
}
