package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

func TestSettingsThatContradictThemselvesAreRefusedWithTheirPlace(t *testing.T) {
	good := deviceSettings{Name: "fw1", URL: "https://fw1.example.net", VDOM: "root"}
	for name, tt := range map[string]struct {
		settings settings
		paths    []string
	}{
		"both groups":                     {settings{Mode: modeGroup, InternalGroup: "a", ExternalGroup: "b"}, nil},
		"ban":                             {settings{Mode: modeQuarantine, Expiry: time.Hour}, nil},
		"feed":                            {settings{Mode: modeFeed, Feed: "f"}, nil},
		"no group":                        {settings{Mode: modeGroup}, []string{"mode"}},
		"no feed":                         {settings{Mode: modeFeed}, []string{"mode"}},
		"two classes in one group":        {settings{Mode: modeGroup, InternalGroup: "a", ExternalGroup: "a"}, []string{"internal_group", "internal_group"}},
		"two classes in one IPv6 group":   {settings{Mode: modeGroup, InternalGroup: "a", InternalGroup6: "x", ExternalGroup: "b", ExternalGroup6: "x"}, []string{"internal_group"}},
		"a default is the other's group":  {settings{Mode: modeGroup, InternalGroup: "a", ExternalGroup: "a6"}, []string{"internal_group"}},
		"IPv6 alone":                      {settings{Mode: modeGroup, InternalGroup: "a", ExternalGroup6: "x"}, []string{"external_group6"}},
		"a group that nobody uses":        {settings{Mode: modeQuarantine, InternalGroup: "a"}, nil},
		"a feed that nobody uses":         {settings{Mode: modeQuarantine, Feed: "f"}, nil},
		"an expiry shorter than a minute": {settings{Mode: modeQuarantine, Expiry: time.Second}, []string{"expiry"}},
		"an expiry in parts of a second":  {settings{Mode: modeQuarantine, Expiry: time.Hour + 1}, []string{"expiry"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.settings.Device = []deviceSettings{good}
			if diff := cmp.Diff(tt.paths, pathsOf(t, tt.settings.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func pathsOf(t *testing.T, errs []error) []string {
	t.Helper()
	var paths []string
	for _, err := range errs {
		field, ok := err.(*blocker.FieldError) //nolint:errorlint // the schema reads them so
		if !ok {
			t.Errorf("%v has no path", err)
			continue
		}
		paths = append(paths, field.Path)
	}
	return paths
}

func TestAnAddressThatIsNoOriginIsRefused(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://fw1.example.net": true, "https://fw1.example.net:8443/": true, "https://[2001:db8::1]": true,
		"http://fw1.example.net": false, "fw1.example.net": false, "https://user:pw@fw1": false,
		"https://fw1/?access_token=x": false, "https://fw1/api": false, "": false,
	} {
		s := settings{Mode: modeQuarantine, Device: []deviceSettings{{Name: "a", URL: "https://a"}, {Name: "b", URL: url}}}
		errs := s.Validate()
		if ok != (len(errs) == 0) {
			t.Errorf("%q: %v", url, errs)
		}
		if !ok && !slices.Equal(pathsOf(t, errs), []string{"device[1].url"}) {
			t.Errorf("%q: %v, want it at device[1].url", url, errs)
		}
		if strings.Contains(fmt.Sprint(errs), "pw") || strings.Contains(fmt.Sprint(errs), "access_token") {
			t.Errorf("%q: the error shows a credential: %v", url, errs)
		}
	}
}

func TestOneVDOMIsOneDevice(t *testing.T) {
	s := settings{Mode: modeQuarantine, Device: []deviceSettings{
		{Name: "a", URL: "https://fw1", VDOM: "root"}, {Name: "b", URL: "https://fw1", VDOM: "dmz"}, {Name: "c", URL: "https://FW1/", VDOM: "root"},
	}}
	if diff := cmp.Diff([]string{"device[2].url"}, pathsOf(t, s.Validate())); diff != "" {
		t.Error(diff)
	}
}

func TestKindsFollowTheSettings(t *testing.T) {
	host, destinations := []entity.Kind{entity.KindHost}, []entity.Kind{entity.KindDetection, entity.KindStatic}
	for name, tt := range map[string]struct {
		settings settings
		want     []entity.Kind
	}{
		"internal group": {settings{Mode: modeGroup, InternalGroup: "a"}, host},
		"external group": {settings{Mode: modeGroup, ExternalGroup: "a"}, destinations},
		"both groups":    {settings{Mode: modeGroup, InternalGroup: "a", ExternalGroup: "b"}, allKinds},
		"quarantine":     {settings{Mode: modeQuarantine}, host},
		"feed":           {settings{Mode: modeFeed, Feed: "f"}, destinations},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := open(t.Context(), tt.settings, blocker.Instance{Name: "edge", Kinds: tt.want})
			if err != nil {
				t.Fatal(err)
			}
			_ = b
			if diff := cmp.Diff(tt.want, tt.settings.kinds()); diff != "" {
				t.Error(diff)
			}
			for _, k := range []entity.Kind{entity.KindHost, entity.KindStatic, entity.KindAccount} {
				if _, err := open(t.Context(), tt.settings, blocker.Instance{Name: "edge", Kinds: []entity.Kind{k}}); (err == nil) != slices.Contains(tt.want, k) {
					t.Errorf("kinds = [%s]: %v", k, err)
				}
			}
		})
	}
}

func TestAMarkThatDoesNotFitIsRefused(t *testing.T) {
	s := settings{Mode: modeGroup, InternalGroup: "a"}
	if _, err := open(t.Context(), s, blocker.Instance{Name: "edge", Owner: strings.Repeat("o", 300)}); err == nil {
		t.Error("an owner that does not fit into a comment is accepted")
	}
}
