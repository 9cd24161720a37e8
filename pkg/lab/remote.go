package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Remote is a world that another process serves, reached by its admin API.
type Remote struct {
	admin DescribedAdmin
	http  *http.Client
}

// Reach reads what Up wrote into dir. Close the remote when done.
func Reach(dir string) (*Remote, error) {
	text, err := os.ReadFile(filepath.Join(dir, DescriptionFile))
	if err != nil {
		return nil, fmt.Errorf("lab: no world was set up in %s: %w", dir, err)
	}
	var d Description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("lab: %s: %w", filepath.Join(dir, DescriptionFile), err)
	}
	pem, err := os.ReadFile(d.CA)
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	return &Remote{d.Admin, &http.Client{Transport: transport, Timeout: time.Minute}}, nil
}

// Close gives the connection back.
func (r *Remote) Close() { r.http.CloseIdleConnections() }

// Change applies an operation to an end; args are JSON, or empty.
func (r *Remote) Change(ctx context.Context, end, op string, args json.RawMessage) error {
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	_, err := r.call(ctx, http.MethodPost, end, "change", map[string]any{"op": op, "args": args})
	return err
}

// State is everything that an end holds, as JSON.
func (r *Remote) State(ctx context.Context, end string) (json.RawMessage, error) {
	return r.call(ctx, http.MethodGet, end, "state", nil)
}

// stateLimit bounds an answer of the admin API, in bytes.
const stateLimit = 64 << 20

func (r *Remote) call(ctx context.Context, method, end, call string, body any) (json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("lab: the arguments are no JSON: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.admin.URL+"/ends/"+url.PathEscape(end)+"/"+call, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+r.admin.Token)
	res, err := r.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("lab: is \"var lab up\" still running? %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, stateLimit))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("lab: %s %s: %s", call, end, refusal(answer))
	}
	return answer, nil
}

// refusal is what the admin API says of an error.
func refusal(answer []byte) string {
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(answer, &said) != nil || said.Error == "" {
		return string(answer[:min(len(answer), 200)])
	}
	return said.Error
}
