// Package fortios speaks the REST API of FortiOS to one VDOM of one FortiGate. What is and what is
// not a success, which refusal means what, and when to stop asking is decided here and nowhere else.
package fortios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// bodyLimit is the longest answer that is read, in bytes: a full threat feed of 300,000 entries fits.
const bodyLimit = 32 << 20

// Client reaches one VDOM of one device.
type Client struct {
	http  *http.Client
	base  string
	vdom  string
	token secret.String
}

// New makes a client. address is the management address, such as https://fw1.example.net:8443; an error does not
// repeat it, since it may hold a credential.
// hc must follow no redirects, for they would carry the token away.
func New(hc *http.Client, address, vdom string, token secret.String) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" {
		return nil, errors.New("must be https://host or https://host:port")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("must be no more than https://host:port: no user, path or query")
	}
	return &Client{http: hc, base: "https://" + u.Host + "/api/v2/", vdom: vdom, token: token}, nil
}

// Path joins the segments of a path; each may hold any characters, slashes too.
func Path(segments ...string) string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return strings.Join(escaped, "/")
}

// send makes one request. sent is false when it surely did not reach the device.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any) (Envelope, error) {
	op := method + " " + path
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return Envelope{}, fmt.Errorf("%s: %w", op, err)
	}
	if ctx.Err() != nil {
		return Envelope{}, failed(op, context.Cause(ctx), false)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Envelope{}, failed(op, err, reached(err))
	}
	defer func() { _ = res.Body.Close() }() // what was read is judged; the rest is of no use
	text, err := io.ReadAll(io.LimitReader(res.Body, bodyLimit+1))
	if err != nil {
		return Envelope{}, failed(op, err, true)
	}
	if len(text) > bodyLimit {
		return Envelope{}, lost(op, fmt.Errorf("the answer is longer than %d bytes", bodyLimit))
	}
	return judge(op, res, c.withoutToken(text))
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	q := url.Values{"vdom": {c.vdom}}
	for key, values := range query {
		q[key] = values
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path+"?"+q.Encode(), content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// withoutToken keeps a device that repeats the request in its error from putting the token into ours.
func (c *Client) withoutToken(text []byte) []byte {
	if c.token.Empty() {
		return text
	}
	return bytes.ReplaceAll(text, []byte(c.token.Reveal()), []byte(secret.Redacted))
}

// reached reports that a request may have left before err: only a failed dial surely did not.
func reached(err error) bool {
	var op *net.OpError
	return !errors.As(err, &op) || op.Op != "dial"
}

// Close closes connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
