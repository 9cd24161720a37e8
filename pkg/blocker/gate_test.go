package blocker

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wait"
)

// fakeDevice answers requests as it is told, and remembers when each began and how many were there at once.
type fakeDevice struct {
	answer func(n int, req *http.Request) (*http.Response, error)

	mu           sync.Mutex
	began        []time.Time
	flying, most int
}

func (d *fakeDevice) CloseIdleConnections() {}

func (d *fakeDevice) RoundTrip(req *http.Request) (*http.Response, error) {
	d.mu.Lock()
	n := len(d.began)
	d.began = append(d.began, time.Now())
	d.flying++
	d.most = max(d.most, d.flying)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.flying--
	}()
	return d.answer(n, req)
}

func (d *fakeDevice) requests() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.began)
}

func (d *fakeDevice) client(o ClientOptions) *http.Client {
	return &http.Client{Transport: newBounded(d, o)}
}

func saying(status int, after string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("said"))}
	if after != "" {
		res.Header.Set("Retry-After", after)
	}
	return res
}

func fine(int, *http.Request) (*http.Response, error) { return saying(http.StatusOK, ""), nil }

// hang gives no answer until the request's time is over.
func hang(_ int, req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// ask makes a request and gives its status, or its error as a plugin gets it.
func ask(ctx context.Context, t *testing.T, c *http.Client) (int, error) {
	t.Helper()
	res, err := c.Do(request(ctx, t, "https://fw1.example.net/"))
	if err != nil {
		return 0, TransportError(err)
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode, TransportError(err)
}

func TestARefusalHoldsAllRequestsOfTheDeviceBack(t *testing.T) {
	tests := map[string]struct {
		status int
		after  string
		want   time.Duration
	}{
		"429 with a time":    {429, "7", 7 * time.Second},
		"429 without":        {429, "", 5 * time.Second},
		"429 at once":        {429, "0", 0},
		"503 with a time":    {503, "9", 9 * time.Second},
		"503 without":        {503, "", 0},
		"500 is no refusal":  {500, "9", 0},
		"longest waited for": {429, "30", 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &fakeDevice{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 0 {
						return saying(tt.status, tt.after), nil
					}
					return saying(http.StatusOK, ""), nil
				}}
				c := d.client(ClientOptions{Parallel: 4})
				if status, _ := ask(t.Context(), t, c); status != tt.status {
					t.Fatalf("the refused request got %d, want %d", status, tt.status)
				}
				var wg sync.WaitGroup
				for range 8 {
					wg.Go(func() {
						if status, err := ask(t.Context(), t, c); status != http.StatusOK {
							t.Errorf("a later request got %d, %v", status, err)
						}
					})
				}
				wg.Wait()
				for _, at := range d.began[1:] {
					if got := at.Sub(d.began[0]); got != tt.want {
						t.Errorf("a request began %s after the refusal, want %s", got, tt.want)
					}
				}
			})
		})
	}
}

func TestALongPauseFailsRequestsAtOnceUntilItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 0 {
				return saying(429, "90"), nil
			}
			return fine(n, req)
		}}
		c := d.client(ClientOptions{})
		begun := time.Now()
		_, _ = ask(t.Context(), t, c)
		_, err := ask(t.Context(), t, c)
		if ClassOf(err) != Transient || entity.RetryAfter(err) != 90*time.Second || !Unbegun(err) {
			t.Errorf("got %v after %s, want transient, after 90s and unbegun", err, entity.RetryAfter(err))
		}
		if d.requests() != 1 || time.Since(begun) != 0 {
			t.Errorf("%d requests, %s waited", d.requests(), time.Since(begun))
		}
		_ = wait.For(t.Context(), 60*time.Second)
		if status, err := ask(t.Context(), t, c); status != http.StatusOK || time.Since(begun) != 90*time.Second {
			t.Errorf("got %d, %v after %s, want an answer when the pause is over", status, err, time.Since(begun))
		}
	})
}

func TestWhoHasNoTimeForThePauseIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(int, *http.Request) (*http.Response, error) { return saying(429, "20"), nil }}
		c := d.client(ClientOptions{})
		_, _ = ask(t.Context(), t, c)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := ask(ctx, t, c); ClassOf(err) != Transient || entity.RetryAfter(err) != 20*time.Second || time.Since(begun) != 0 {
			t.Errorf("got %v after %s, want transient and 20s at once", err, time.Since(begun))
		}
		cancelled, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		if _, err := ask(cancelled, t, c); !errors.Is(err, context.Canceled) || !Unbegun(err) {
			t.Errorf("got %v, want the caller's end", err)
		}
	})
}

// A device that refuses everything is asked less and less, and a batch does not take a pause for each of its requests.
func TestADeviceThatRefusesEverythingIsSoonLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(int, *http.Request) (*http.Response, error) { return saying(429, ""), nil }}
		c := d.client(ClientOptions{Parallel: 4})
		begun := time.Now()
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { _, _ = ask(t.Context(), t, c) })
		}
		wg.Wait()
		if d.requests() > 20 || time.Since(begun) > time.Minute {
			t.Errorf("%d requests reached the device in %s", d.requests(), time.Since(begun))
		}
	})
}

func TestAClientKeepsItsBoundsUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(n int, req *http.Request) (*http.Response, error) {
			_ = wait.For(t.Context(), time.Duration(n%7+1)*time.Millisecond)
			return fine(n, req)
		}}
		c := d.client(ClientOptions{Parallel: 4, Rate: 100})
		begun := time.Now()
		var wg sync.WaitGroup
		for range 400 {
			wg.Go(func() { _, _ = ask(t.Context(), t, c) })
		}
		wg.Wait()
		if d.most > 4 {
			t.Errorf("%d requests were in flight at once, want at most 4", d.most)
		}
		for i, at := range d.began {
			if most := int(at.Sub(begun)/(10*time.Millisecond)) + 1; i+1 > most {
				t.Fatalf("%d requests began in %s, want at most %d", i+1, at.Sub(begun), most)
			}
		}
		free := &fakeDevice{answer: d.answer}
		c = free.client(ClientOptions{Parallel: 4})
		for range 400 {
			wg.Go(func() { _, _ = ask(t.Context(), t, c) })
		}
		if wg.Wait(); free.most != 4 {
			t.Errorf("%d requests were in flight at once, want all 4 places used", free.most)
		}
	})
}
