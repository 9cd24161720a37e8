package plan_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// occurred counts how often the generators made each reason and action occur. rapid runs one
// property at a time.
var occurred = map[string]int{}

func tally(p plan.Plan, w world) {
	for _, it := range p.Items {
		occurred["action "+string(it.Action)]++
		for _, r := range it.Reasons {
			occurred["rule "+string(r.Rule)]++
		}
		if len(it.Stays) > 0 {
			occurred["shared element stays"]++
		}
		for what, is := range map[string]bool{"panic": p.Gates == nil && w.policy.Stops.Panic != "", "pause": w.policy.Stops.Pause != ""} {
			if is && it.Gated != "" {
				occurred["held back by a "+what]++
			}
		}
		if p.Waits(it) {
			occurred["waits for the window: "+string(it.Action)]++
		}
	}
	for _, g := range p.Gates {
		occurred["gate "+g.Direction+map[bool]string{true: " of a whole source"}[g.Kind == ""]]++
	}
	if len(p.Lifted) > 0 {
		occurred["gate lifted"]++
	}
	for range p.Strips {
		occurred["block tag taken off"]++
	}
	if p.Empty() && len(w.held) > 0 {
		occurred["nothing to do"]++
	}
}

// TestMain says how often each reason and action occurred in the generated worlds, and fails when
// one never did: a property that never met a case proves nothing of it. Short runs meet too few worlds for that.
func TestMain(m *testing.M) {
	code := m.Run()
	if everyTest() && !testing.Short() && code == 0 {
		code = summary()
	}
	os.Exit(code)
}

// everyTest reports that the tests were run, all of them, and not merely listed.
func everyTest() bool {
	return flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
}

func summary() int {
	names := []string{
		"shared element stays", "block tag taken off", "nothing to do", "held back by a panic", "held back by a pause",
		"gate block", "gate release", "gate release of a whole source", "gate lifted",
		"waits for the window: block", "waits for the window: release",
	}
	for name, values := range map[string][]string{"rule ": constants("reason.go", "Rule"), "action ": actions()} {
		for _, v := range values {
			names = append(names, name+v)
		}
	}
	slices.Sort(names)
	code := 0
	for _, name := range names {
		fmt.Fprintf(os.Stdout, "%8d  %s\n", occurred[name], name)
		if occurred[name] == 0 {
			fmt.Fprintf(os.Stdout, "FAIL: the generators never made this occur: %s\n", name)
			code = 1
		}
	}
	return code
}

func actions() []string {
	return []string{
		string(entity.ActionBlock), string(entity.ActionRenew), string(entity.ActionGroom), string(entity.ActionRepair),
		string(entity.ActionRelease), string(entity.ActionKeep), string(entity.ActionSpare),
	}
}

// constants are the values of all constants of a type in a file, so that a new one is not forgotten.
func constants(file, typ string) []string {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		panic(err)
	}
	var values []string
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, named := spec.Type.(*ast.Ident); named && id.Name == typ {
			for _, v := range spec.Values {
				text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					panic(err)
				}
				values = append(values, text)
			}
		}
		return true
	})
	return values
}
