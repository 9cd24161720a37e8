// Package page is what a person looks at in a browser: what is held where and why, what needs somebody, and the history.
// It changes nothing, asks no brain and no device, and works without scripts.
package page

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/var-project/var/pkg/view"
)

// Data is where the page reads. A view.Reader is one.
type Data interface {
	Status(ctx context.Context) (view.Status, error)
	Why(ctx context.Context, text string) (view.Why, error)
	History(ctx context.Context, q view.Question) (view.History, error)
}

// Site says whose page it is.
type Site struct{ Owner, Host, Version string }

// Options are what a page is made of.
type Options struct {
	Data Data
	Site Site
	Now  func() time.Time
	// Patience is how long a source may be without a complete pass before somebody should look; zero: for ever.
	Patience func() time.Duration
	Log      *slog.Logger
}

// Limits of one request, and of all of them: who looks never keeps a pass from its work.
const (
	readTime  = 10 * time.Second
	atOnce    = 2
	longest   = 1 << 10
	perPage   = 100
	mostPages = 1000
)

//go:embed templates/*.html
var templates embed.FS

//go:embed style.css
var style []byte

//go:embed icon.svg
var icon []byte

// pages answers requests.
type pages struct {
	Options
	sheets map[string]*template.Template
	turns  chan struct{}
}

// New makes the page. Whoever mounts it says to browsers that it loads nothing from elsewhere; see admin.
func New(o Options) http.Handler {
	p := &pages{Options: o, sheets: sheets(), turns: make(chan struct{}, atOnce)}
	mux := http.NewServeMux()
	for path, answer := range map[string]answerer{
		"/{$}": p.overview, "/target": p.target, "/history": p.history,
		"/status.json": p.statusJSON, "/why.json": p.whyJSON, "/history.json": p.historyJSON,
	} {
		mux.Handle("GET "+path, p.inTurn(answer))
	}
	mux.Handle("GET /style.css", fixed("text/css; charset=utf-8", style))
	mux.Handle("GET /icon.svg", fixed("image/svg+xml", icon))
	mux.HandleFunc("/", p.nothing)
	return mux
}

// sheets are the templates by name, each with the frame around it.
func sheets() map[string]*template.Template {
	frame := template.Must(template.New("frame.html").Funcs(words).ParseFS(templates, "templates/frame.html", "templates/parts.html"))
	all := map[string]*template.Template{}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		all[name] = template.Must(template.Must(frame.Clone()).ParseFS(templates, name))
	}
	return all
}

// answerer makes an answer, or says why there is none.
type answerer func(context.Context, *http.Request) (answer, error)

// answer is what is sent.
type answer struct {
	code int
	kind string
	body []byte
}

// inTurn answers few at a time, each within a time.
func (p *pages) inTurn(make answerer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readTime)
		defer cancel()
		select {
		case p.turns <- struct{}{}:
			defer func() { <-p.turns }()
		case <-ctx.Done():
			p.fail(w, r, context.Cause(ctx))
			return
		}
		a, err := make(ctx, r)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		send(w, a)
	})
}

// send writes an answer that nobody keeps. Who has gone needs none.
func send(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body)
}

// sheet fills a template.
func (p *pages) sheet(name string, code int, data any) (answer, error) {
	var b bytes.Buffer
	if err := p.sheets["templates/"+name+".html"].ExecuteTemplate(&b, "frame.html", data); err != nil {
		return answer{}, fmt.Errorf("the page %s: %w", name, err)
	}
	return answer{code, "text/html; charset=utf-8", b.Bytes()}, nil
}
