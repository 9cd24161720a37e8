package page

import (
	"errors"
	"fmt"
	"net/http"
)

// wrong is a question that cannot be answered as it is asked.
type wrong struct{ text string }

func (w wrong) Error() string { return w.text }

// trouble is the page that says what went wrong.
type trouble struct {
	frame
	Text, Advice string
}

// fail says why there is no answer, and what to do.
func (p *pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, advice := http.StatusServiceUnavailable, `The journal did not answer. On the machine, "var status" reads it by itself; the log of the loop says more.`
	var asked wrong
	if errors.As(err, &asked) {
		code, advice = http.StatusBadRequest, "Go back and ask otherwise."
	} else {
		p.Log.Warn("page not answered", "path", r.URL.Path, "error", err)
	}
	p.tell(w, code, err.Error(), advice)
}

// nothing answers what is not there, and whoever wants to change something.
func (p *pages) nothing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.tell(w, http.StatusMethodNotAllowed, "Nothing can be changed here.", "What changes something is a command, such as \"var release\".")
		return
	}
	p.tell(w, http.StatusNotFound, fmt.Sprintf("There is no page %q.", r.URL.Path), "The overview has everything that is held.")
}

func (p *pages) tell(w http.ResponseWriter, code int, text, advice string) {
	t := trouble{frame: p.frame("", nil), Text: text, Advice: advice}
	t.Title = http.StatusText(code)
	a, err := p.sheet("problem", code, t)
	if err != nil {
		http.Error(w, text, code)
		return
	}
	send(w, a)
}
