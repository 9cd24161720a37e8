package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/predecessor"
)

// importView is what import says in JSON.
type importView struct {
	Schema   int                 `json:"schema"`
	From     string              `json:"from"`
	File     string              `json:"file"`
	Values   []importValueView   `json:"values"`
	Notes    []importNoteView    `json:"notes"`
	Secrets  []importSecretView  `json:"secrets"`
	Problems []importProblemView `json:"problems"`
	Next     []string            `json:"next"`
}

type importValueView struct {
	Key  string   `json:"key"`
	From []string `json:"from,omitempty"`
	Note string   `json:"note,omitempty"`
	Off  bool     `json:"off,omitempty"`
}

type importNoteView struct {
	From string `json:"from"`
	Text string `json:"text"`
	Left bool   `json:"not_carried_over"`
}

type importSecretView struct {
	Name     string `json:"name"`
	Found    string `json:"found,omitempty"`
	Former   string `json:"former"`
	Optional bool   `json:"optional,omitempty"`
}

type importProblemView struct {
	Text    string `json:"text"`
	Warning bool   `json:"warning,omitempty"`
}

// tellImport says what became of everything and what is to be done next. A configuration that is not complete ends with 2.
func (a *App) tellImport(ctx context.Context, left *predecessor.Import, file string, kept map[string]string) error {
	cfg, problems := config.Load(file)
	if !hasErrors(problems) {
		host := a.pluginHost()
		defer host.Close()
		problems = append(problems, a.pluginProblems(ctx, host, cfg)...)
	}
	v, bad := importViewOf(left, file, kept, problems), hasErrors(problems)
	if a.json() {
		if err := a.printJSON(v); err != nil {
			return err
		}
	} else {
		a.printImport(v, bad)
	}
	if bad {
		return &exit{ExitUsage, nil}
	}
	return nil
}

func hasErrors(problems []config.Problem) bool {
	return slices.ContainsFunc(problems, func(p config.Problem) bool { return !p.Warning })
}

func importViewOf(left *predecessor.Import, file string, kept map[string]string, problems []config.Problem) importView {
	v := importView{Schema: 1, From: left.Kind + " in " + left.Folder, File: file}
	for _, s := range left.Settings {
		value := importValueView{Key: s.Path, Note: s.Note, Off: s.Off}
		for _, o := range s.From {
			value.From = append(value.From, o.String())
		}
		v.Values = append(v.Values, value)
	}
	for _, n := range left.Notes {
		v.Notes = append(v.Notes, importNoteView{n.From.String(), n.Text, n.Left})
	}
	for _, s := range left.Secrets {
		v.Secrets = append(v.Secrets, importSecretView{s.Name, kept[s.Name], s.System + " / " + s.Key, s.Optional})
	}
	for _, p := range problems {
		v.Problems = append(v.Problems, importProblemView{p.Error(), p.Warning})
	}
	v.Next = nextCommands(file, v.Secrets)
	return v
}

// nextCommands are what to run now: the secrets that are missing, then a look at everything, then at what would be done.
func nextCommands(file string, secrets []importSecretView) []string {
	var next []string
	for _, s := range secrets {
		if s.Found == "" && !s.Optional {
			next = append(next, "var secret set "+s.Name+with(file))
		}
	}
	return append(next, "var config check --online"+with(file), "var plan"+with(file), "var run"+with(file))
}

// with is the flag of a file that is not looked for by itself.
func with(file string) string {
	if slices.Contains(configPaths, file) {
		return ""
	}
	return " --config " + file
}

func (a *App) printImport(v importView, bad bool) {
	for _, n := range v.Notes {
		word := "note"
		if n.Left {
			word = "not carried over"
		}
		fmt.Fprintf(a.Err, "%s: %s\n", word, inert.Text(n.From+": "+n.Text))
	}
	for _, p := range v.Problems {
		fmt.Fprintln(a.Err, inert.Text(p.Text))
	}
	for _, s := range v.Secrets {
		a.printImportedSecret(s)
	}
	state := "it passes var config check"
	if bad {
		state = "IT IS NOT COMPLETE: see above"
	}
	a.printAddressNames(v)
	fmt.Fprintf(a.Err, "wrote %s from %s; %s\nnext, while the predecessor is stopped (docs/move.md):\n", v.File, inert.Text(v.From), state)
	for _, command := range v.Next {
		fmt.Fprintln(a.Out, "  "+inert.Text(command))
	}
}

// ofAddress finds what bears the name that its address gave it, and a secret.
var ofAddress = regexp.MustCompile(`^(brain|blocker\.[^.]+\.device)\.\d{1,3}(-\d{1,3}){3}(-\d+)?`)

// printAddressNames advises better names, as long as nothing is held under them.
func (a *App) printAddressNames(v importView) {
	told := map[string]bool{}
	for _, s := range v.Secrets {
		name := ofAddress.FindString(s.Name)
		if name == "" || told[name] {
			continue
		}
		told[name] = true
		fmt.Fprintf(a.Err, "note: %s is named by its address, and names are identities: before the first run, var config rename%s %s %sNAME\n",
			name, with(v.File), name, name[:strings.LastIndexByte(name, '.')+1])
	}
}

func (a *App) printImportedSecret(s importSecretView) {
	switch {
	case s.Found != "":
		fmt.Fprintf(a.Err, "secret %s: in %s\n", s.Name, s.Found)
	case !s.Optional:
		fmt.Fprintf(a.Err, "secret %s: needed; the predecessor kept it as %s\n", s.Name, inert.Text(s.Former))
	}
}
