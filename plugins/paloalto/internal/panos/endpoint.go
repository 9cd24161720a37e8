package panos

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/secret"
)

// Endpoint is one vsys of one firewall, reached at its own address or through a Panorama.
type Endpoint struct {
	HTTP *http.Client
	// URL is scheme, host and port, without a path.
	URL string
	// Vsys that registrations belong to; none when empty.
	Vsys string
	// Target is the serial number of the firewall behind a Panorama; none when empty.
	Target string
	// Key gives the API key; it may have to be made first.
	Key func(ctx context.Context) (secret.String, error)
}

// maxAnswer bounds an answer's body, in bytes: a page of 500 entries with 32 long tags each fits.
const maxAnswer = 8 << 20

// Update sends a message and gives the device's remarks on its entries. An error says that the
// message as a whole had no answer or was refused.
func (e *Endpoint) Update(ctx context.Context, m Message) ([]Verdict, error) {
	cmd, err := m.Encode()
	if err != nil {
		return nil, unsent(err)
	}
	a, err := e.ask(ctx, url.Values{"type": {"user-id"}, "cmd": {string(cmd)}})
	if a != nil && len(a.verdicts()) > 0 {
		return a.verdicts(), nil
	}
	return nil, err
}

// ask makes one call. After a refusal both the answer and an error are given.
func (e *Endpoint) ask(ctx context.Context, form url.Values) (*answer, error) {
	r, err := e.call(ctx, form)
	if err != nil {
		return nil, err
	}
	return r.read()
}

func (e *Endpoint) call(ctx context.Context, form url.Values) (*reply, error) {
	key, err := e.Key(ctx)
	if err != nil {
		return nil, unsent(err)
	}
	setUnlessEmpty(form, "vsys", e.Vsys)
	setUnlessEmpty(form, "target", e.Target)
	return post(ctx, e.HTTP, e.URL, form, key)
}

func setUnlessEmpty(form url.Values, name, value string) {
	if value != "" {
		form.Set(name, value)
	}
}

// reply is an answer that nobody has read yet.
type reply struct {
	res    *http.Response // its body is closed
	body   []byte
	hidden []string
}

// post makes a call. It is a POST always: a GET would put what it says into the device's logs,
// and is refused beyond 2 KB. key may be empty for keygen; it travels in a header only.
func post(ctx context.Context, client *http.Client, base string, form url.Values, key secret.String) (*reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, unsent(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, unsent(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !key.Empty() {
		req.Header.Set("X-PAN-KEY", key.Reveal())
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, lost(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, lost(err)
	}
	return &reply{res, body, []string{key.Reveal(), form.Get("password")}}, nil
}

// read judges an answer: by its XML where it is a PAN-OS response, else by its status.
func (r *reply) read() (*answer, error) {
	if len(r.body) > maxAnswer {
		return nil, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("the answer is larger than %d bytes", maxAnswer)}
	}
	a, err := decode(r.body)
	switch {
	case err != nil && r.res.StatusCode >= 300:
		return nil, byStatus(r.res, "")
	case err != nil:
		return nil, &blocker.Error{Class: blocker.Transient, Err: err}
	case a.success() && r.res.StatusCode >= 300:
		return nil, byStatus(r.res, "")
	}
	a.hidden = r.hidden
	if !a.success() {
		return a, refused(r.res, a)
	}
	return a, nil
}
