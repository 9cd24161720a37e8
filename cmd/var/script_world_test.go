package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/var-project/var/pkg/lab"
)

// place is what a script has besides files: a world, and what must not be said in it.
type place struct {
	world   *lab.World
	secrets []string
	// held are the locks that keep the example plugin from changing a file.
	held map[string]*os.File
	// receiver is where a webhook posts to.
	receiver *receiver
}

type placeKey struct{}

func placeOf(ts *testscript.TestScript) *place { return ts.Value(placeKey{}).(*place) }

// cmdWorld starts the default world; it ends with the script.
func cmdWorld(ts *testscript.TestScript, _ bool, args []string) {
	p := placeOf(ts)
	w, err := lab.Up(ts.Getenv("LAB"), lab.UpOptions{})
	ts.Check(err)
	p.world = w
	var d lab.Description
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(ts.Getenv("LAB"), lab.DescriptionFile))), &d))
	for name, end := range d.Ends {
		ts.Setenv(strings.ToUpper(name), end.URL)
	}
	for _, value := range d.Secrets {
		p.secrets = append(p.secrets, value)
	}
	ts.Setenv("CREDENTIALS_DIRECTORY", filepath.Join(ts.Getenv("LAB"), lab.CredentialsDir))
	ts.Setenv("ADMIN_TOKEN", d.Admin.Token)
	ts.Defer(func() {
		if err := w.Close(); err != nil {
			ts.Logf("close the world: %v", err)
		}
	})
}

// cmdConfidential names texts that var must not say.
func cmdConfidential(ts *testscript.TestScript, _ bool, args []string) {
	p := placeOf(ts)
	p.secrets = append(p.secrets, args...)
}

// cmdHeard is "heard stdout stderr" after a program in the background, or "heard var.db".
func cmdHeard(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		keepSecrets(ts, ts.ReadFile(name))
	}
}

func keepSecrets(ts *testscript.TestScript, texts ...string) {
	for _, secret := range placeOf(ts).secrets {
		for _, text := range texts {
			if strings.Contains(text, secret) {
				ts.Fatalf("a secret is told")
			}
		}
	}
}

// ask speaks the admin API of the world.
func ask(ts *testscript.TestScript, method, path, body string) []byte {
	w := placeOf(ts).world
	if w == nil {
		ts.Fatalf("there is no world")
	}
	url, token := w.Admin()
	req, err := http.NewRequest(method, url+path, strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := w.Client().Do(req)
	ts.Check(err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("admin API: %s %s: %s: %s", method, path, res.Status, answer)
	}
	return answer
}

func wantArgs(ts *testscript.TestScript, args []string, usage string) {
	if len(args) != len(strings.Fields(usage)) {
		ts.Fatalf("want the arguments %s", usage)
	}
}

func cmdChange(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END OP JSON")
	ask(ts, http.MethodPost, "/ends/"+args[0]+"/change", fmt.Sprintf(`{"op": %q, "args": %s}`, args[1], args[2]))
}

func cmdDown(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END")
	ask(ts, http.MethodPost, "/ends/"+args[0]+"/down", `{"down": true}`)
}

func cmdUp(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END")
	ask(ts, http.MethodPost, "/ends/"+args[0]+"/down", `{"down": false}`)
}

func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END RULES")
	ask(ts, http.MethodPost, "/ends/"+args[0]+"/faults", args[1])
}

// analystsView is what an analyst sees of an entity.
type analystsView struct {
	ID    int      `json:"id"`
	Tags  []string `json:"tags"`
	Notes []struct {
		Note string `json:"note"`
	} `json:"notes"`
}

func lookUp(ts *testscript.TestScript, args []string) analystsView {
	wantArgs(ts, args, "BRAIN KIND ID")
	var state map[string]json.RawMessage
	ts.Check(json.Unmarshal(ask(ts, http.MethodGet, "/ends/"+args[0]+"/state", ""), &state))
	var rows []analystsView
	ts.Check(json.Unmarshal(state[args[1]+"s"], &rows))
	for _, row := range rows {
		if strconv.Itoa(row.ID) == args[2] {
			return row
		}
	}
	ts.Fatalf("%s has no %s %s", args[0], args[1], args[2])
	return analystsView{}
}

func cmdTags(ts *testscript.TestScript, _ bool, args []string) {
	for _, tag := range lookUp(ts, args).Tags {
		fmt.Fprintln(ts.Stdout(), tag)
	}
}

func cmdNotes(ts *testscript.TestScript, _ bool, args []string) {
	for _, n := range lookUp(ts, args).Notes {
		fmt.Fprintln(ts.Stdout(), n.Note)
	}
}

// cmdEventually is "eventually PATTERN tags BRAIN KIND ID", "… requests END" or "… file NAME": it
// waits for a program in the background.
func cmdEventually(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: eventually PATTERN tags BRAIN KIND ID, notes BRAIN KIND ID, requests END, or file NAME")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	happened := within(patience, func() bool { return pattern.MatchString(visible(ts, args[1], args[2:])) != neg })
	if !happened {
		ts.Fatalf("it did not happen within %s", patience)
	}
}

func visible(ts *testscript.TestScript, what string, args []string) string {
	switch what {
	case "requests":
		return string(ask(ts, http.MethodGet, "/ends/"+args[0]+"/requests", ""))
	case "file":
		text, _ := os.ReadFile(ts.MkAbs(args[0])) // it may not be there yet
		return string(text)
	case "notes":
		var all []string
		for _, n := range lookUp(ts, args).Notes {
			all = append(all, n.Note)
		}
		return strings.Join(all, "\n")
	}
	return strings.Join(lookUp(ts, args).Tags, "\n")
}

// cmdWrites counts the requests that change something, and begins to count anew.
func cmdWrites(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END")
	n := 0
	for kind, count := range countedRequests(ts, args[0]) {
		if !harmless.MatchString(kind) {
			n += count
		}
	}
	fmt.Fprintln(ts.Stdout(), n)
}

// cmdLogins counts the tokens that were asked for, and begins to count anew: "1 token, 2 refresh".
func cmdLogins(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "END")
	requests := countedRequests(ts, args[0])
	fmt.Fprintf(ts.Stdout(), "%d token, %d refresh\n", requests["POST token"], requests["POST refresh"])
}

// countedRequests are those since the last time, by kind.
func countedRequests(ts *testscript.TestScript, end string) map[string]int {
	var counters struct {
		Requests map[string]int `json:"requests"`
	}
	ts.Check(json.Unmarshal(ask(ts, http.MethodGet, "/ends/"+end+"/requests", ""), &counters))
	ask(ts, http.MethodPost, "/ends/"+end+"/reset", "")
	return counters.Requests
}

// harmless are the kinds of requests that read or log in.
var harmless = regexp.MustCompile(`^(GET |show |op |keygen|config get|POST (token|refresh))`)
