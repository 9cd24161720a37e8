package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// admin speaks the lab's admin API: the demo believes nobody else.
type admin struct {
	url, token string
	http       *http.Client
}

// maxAnswer bounds an answer of the admin API, in bytes.
const maxAnswer = 64 << 20

func (a admin) call(ctx context.Context, method, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, a.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	res, err := a.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("admin API: %s %s: HTTP %d: %s", method, path, res.StatusCode, got)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(got, answer)
}

// state is everything that an end holds, as text: enough to see whether an address is there.
func (a admin) state(ctx context.Context, end string) (json.RawMessage, error) {
	var state json.RawMessage
	err := a.call(ctx, http.MethodGet, "/ends/"+end+"/state", nil, &state)
	return state, err
}

// analyst has somebody change something in the brain of headquarters.
func (a admin) analyst(ctx context.Context, op string, args map[string]any) error {
	return a.call(ctx, http.MethodPost, "/ends/hq/change", map[string]any{"op": op, "args": args}, nil)
}

func (a admin) down(ctx context.Context, end string, down bool) error {
	return a.call(ctx, http.MethodPost, "/ends/"+end+"/down", map[string]any{"down": down}, nil)
}

func (a admin) reset(ctx context.Context, end string) error {
	return a.call(ctx, http.MethodPost, "/ends/"+end+"/reset", nil, nil)
}

// writes counts the requests of an end that change something.
func (a admin) writes(ctx context.Context, end string) (int, error) {
	var answer struct {
		Requests map[string]int `json:"requests"`
	}
	if err := a.call(ctx, http.MethodGet, "/ends/"+end+"/requests", nil, &answer); err != nil {
		return 0, err
	}
	n := 0
	for kind, count := range answer.Requests {
		if changes(kind) {
			n += count
		}
	}
	return n, nil
}

// changes tells requests that change something from reading and logging in.
func changes(kind string) bool {
	for _, harmless := range []string{"GET ", "show ", "POST token", "POST refresh", "op ", "keygen"} {
		if strings.HasPrefix(kind, harmless) {
			return false
		}
	}
	return true
}
