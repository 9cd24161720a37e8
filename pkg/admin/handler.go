package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// answerTime is how long an answer about health may take.
const answerTime = 5 * time.Second

// handler answers for a place. Probes are answered under any name: they say nothing of anybody, and an orchestrator asks
// by the names it likes.
func (s *Server) handler(p Place) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", s.live)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /healthz", guarded(p.Hosts, http.HandlerFunc(s.health)))
	if s.o.Metrics != nil {
		mux.Handle("GET /metrics", guarded(p.Hosts, s.o.Metrics))
	}
	if p.Page && s.o.Page != nil {
		mux.Handle("GET /", guarded(p.Hosts, s.o.Page))
	}
	return careful(mux)
}

// careful has browsers trust an answer with nothing: what it is is said, and nothing is loaded from elsewhere, framed,
// kept, or told to others.
func careful(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *Server) live(w http.ResponseWriter, _ *http.Request) { probe(w, s.o.Facts.Alive()) }

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	probe(w, s.o.Facts.Ready(ctx))
}

// probe answers with "ok", or with 503 and why not.
func probe(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok"
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = err.Error()
	}
	_, _ = w.Write([]byte(text + "\n")) // who has gone needs no answer
}

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	health := s.o.Facts.Health(ctx)
	w.Header().Set("Content-Type", "application/json")
	if !health.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(health) // who has gone needs no answer
}
