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
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/var-project/var/pkg/blocker"
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
	// version is what the device last said of itself.
	version atomic.Pointer[string]
	door    *door
}

// New makes a client that has parallel requests under way at most. address is the management address, such as
// https://fw1.example.net:8443; an error does not repeat it, since it may hold a credential.
// hc must follow no redirects, for they would carry the token away.
func New(hc *http.Client, address, vdom string, token secret.String, parallel int) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" {
		return nil, errors.New("must be https://host or https://host:port")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("must be no more than https://host:port: no user, path or query")
	}
	return &Client{http: hc, base: "https://" + u.Host + "/api/v2/", vdom: vdom, token: token, door: newDoor(parallel)}, nil
}

// Path joins the segments of a path; each may hold any characters, slashes too.
func Path(segments ...string) string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return strings.Join(escaped, "/")
}

// exchange is one request, and where its results go.
type exchange struct {
	method, path string
	query        url.Values
	body         any
	results      any
}

// send makes one request. The results of the answer are read into results, a pointer.
func (c *Client) send(ctx context.Context, x exchange) (Envelope, error) {
	op := x.method + " " + x.path
	req, err := c.request(ctx, x)
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
	text, err := whole(res)
	_ = res.Body.Close() // what was read is judged, when the device may be asked the next thing already
	if err != nil {
		return Envelope{}, failed(op, err, true)
	}
	if len(text) > bodyLimit {
		return Envelope{}, lost(op, fmt.Errorf("the answer is longer than %d bytes", bodyLimit))
	}
	return judge(op, res, c.withoutToken(text), x.results)
}

// whole reads an answer to its end, so that its connection can be used again, or until it is too long.
func whole(res *http.Response) ([]byte, error) {
	var text bytes.Buffer
	if n := res.ContentLength; n > 0 && n <= bodyLimit {
		text.Grow(int(n) + bytes.MinRead)
	}
	_, err := text.ReadFrom(io.LimitReader(res.Body, bodyLimit+1))
	return text.Bytes(), err
}

func (c *Client) request(ctx context.Context, x exchange) (*http.Request, error) {
	q := url.Values{"vdom": {c.vdom}}
	maps.Copy(q, x.query)
	var content io.Reader
	if x.body != nil {
		text, err := json.Marshal(x.body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, x.method, c.base+x.path+"?"+q.Encode(), content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Accept", "application/json")
	if x.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// withoutToken keeps a device that repeats the request in its error from putting the token into ours.
func (c *Client) withoutToken(text []byte) []byte {
	token := []byte(c.token.Reveal())
	if len(token) == 0 || !bytes.Contains(text, token) {
		return text
	}
	return bytes.ReplaceAll(text, token, []byte(secret.Redacted))
}

// reached reports that a request may have left before err: what was held back, or failed while dialing, surely did not.
func reached(err error) bool {
	var op *net.OpError
	dialing := errors.As(err, &op) && op.Op == "dial"
	return !dialing && !blocker.Unbegun(err)
}

// Close closes connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
