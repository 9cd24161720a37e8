package stage

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// device is what a blocker blocks on.
type device interface {
	name() string
	// hold puts elements there as if var had.
	hold(elements []string) error
	// holds is how many elements are there.
	holds() (int, error)
}

func (s *Stage) addBlocker(n int, b scenario.Blocker) error {
	if b.Means == scenario.Command {
		c := &command{blocker: blockerName(n), path: filepath.Join(s.dir, blockerName(n)+"-command")}
		s.devices = append(s.devices, []device{c})
		return c.delay(0)
	}
	var devices []device
	for i := range b.Devices {
		name := fmt.Sprintf("%s-fw%02d", blockerName(n), i)
		d, err := s.addDevice(name, n, b.Means)
		if err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
		devices = append(devices, d)
	}
	s.devices = append(s.devices, devices)
	return nil
}

func (s *Stage) addDevice(name string, blocker int, m scenario.Means) (device, error) {
	credential := "token"
	if m == scenario.PaloAlto {
		credential = "api_key"
	}
	if err := s.secret(fmt.Sprintf("blocker.%s.device.%s.%s", blockerName(blocker), name, credential), secretOf(name)); err != nil {
		return nil, err
	}
	if m == scenario.PaloAlto {
		p := lab.NewPANOS(lab.PANOSConfig{Admins: []lab.PANOSAdmin{{Name: "var", Key: secretOf(name)}}, Clock: s.world.Now})
		s.world.Add(name, p)
		return &panos{p, name, s.setup.Kind}, nil
	}
	f := lab.NewFortiGate(lab.FortiGateConfig{Token: secretOf(name), Clock: s.world.Now})
	s.world.Add(name, f)
	g := &fortigate{f, name, m}
	return g, g.furnish()
}

func secretOf(name string) string { return "secret-of-" + name }

// changer is an end that an administrator works on.
type changer interface {
	Change(op string, args json.RawMessage) error
}

func change(c changer, op string, args map[string]any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	return c.Change(op, raw)
}
