package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// planFile is the stable shape of what plan -o keeps and apply reads.
type planFile struct {
	Schema  int    `json:"schema"`
	Version string `json:"version"`
	// Owner is the installation that planned; empty when it had none yet.
	Owner string    `json:"owner,omitempty"`
	Made  time.Time `json:"made"`
	// Groom: it was planned with grooming.
	Groom bool `json:"groom,omitempty"`
	// IgnoreWindow: it was planned as if the window were open.
	IgnoreWindow bool            `json:"ignore_window,omitempty"`
	Sources      []plannedSource `json:"sources"`
}

type plannedSource struct {
	Source string                 `json:"source"`
	Frozen map[entity.Kind]string `json:"frozen,omitempty"`
	Items  []plannedItem          `json:"items"`
}

// plannedItem is a decision with the facts that it used.
type plannedItem struct {
	Action  entity.Action `json:"action"`
	Blocker string        `json:"blocker"`
	// Target is what is acted on, as it was seen; of a release as it was when blocked.
	Target   entity.Target `json:"target"`
	Reasons  []plan.Reason `json:"reasons"`
	Elements []string      `json:"elements,omitempty"`
	Held     []string      `json:"held,omitempty"`
	State    entity.State  `json:"state,omitempty"`
	Leaves   []string      `json:"leaves,omitempty"`
	// Gated is why a gate or the window would hold it back.
	Gated string `json:"gated,omitempty"`
}

// maxPlan bounds what is read of a file, in bytes.
const maxPlan = 256 << 20

func filePlan(reports []reconcile.Report, owner string, groom bool, now time.Time) planFile {
	f := planFile{Schema: 1, Version: Version, Owner: owner, Made: now.UTC(), Groom: groom, Sources: []plannedSource{}}
	for _, r := range reports {
		s := plannedSource{Source: r.Source, Frozen: r.Plan.Frozen, Items: []plannedItem{}}
		for _, it := range r.Plan.Items {
			if wouldChange(it) {
				s.Items = append(s.Items, planned(it))
			}
		}
		f.Sources = append(f.Sources, s)
	}
	return f
}

// wouldChange reports that an item would change something, or would if no gate held it back.
func wouldChange(it plan.Item) bool { return it.Changes() || it.Gated != "" }

// planned leaves out what a brain answered word for word: nothing is decided by it.
func planned(it plan.Item) plannedItem {
	return plannedItem{
		Action: it.Action, Blocker: it.Blocker, Target: it.Target.WithRaw(nil), Reasons: it.Reasons, Elements: it.Elements,
		Held: it.Receipt().Elements, State: it.State(), Leaves: it.Leaves, Gated: it.Gated,
	}
}

// writePlan replaces a file whole. What is planned says who is under suspicion: others may not read it.
func writePlan(path string, f planFile) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // readable by its owner alone
	if err != nil {
		return err
	}
	_, err = next.Write(append(text, '\n'))
	if err = errors.Join(err, next.Sync(), next.Close()); err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return nil
}

// readPlan reads what writePlan wrote; a file that is something else is wrong usage.
func readPlan(path string) (planFile, error) {
	var f planFile
	file, err := os.Open(path)
	if err != nil {
		return f, usage(err)
	}
	defer file.Close()
	d := json.NewDecoder(io.LimitReader(file, maxPlan))
	if err := d.Decode(&f); err != nil {
		return f, usage(fmt.Errorf("%s is no plan of var plan -o: %w", path, err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, usage(fmt.Errorf("%s goes on after its plan: make it anew with var plan -o", path))
	}
	if f.Schema != 1 || f.Sources == nil {
		return f, usage(fmt.Errorf("%s is no plan that this program knows: make it anew with var plan -o", path))
	}
	return f, nil
}
