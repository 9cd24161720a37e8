package vectra_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

func rated(id, urgency int) string {
	return fmt.Sprintf(`{"id":%d,"type":"host","urgency_score":%d,"name":"h"}`, id, urgency)
}

func urgent(t *testing.T, c *vectra.Console, minimum int) string {
	t.Helper()
	got, err := urgentOr(t, c, minimum)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func urgentOr(t *testing.T, c *vectra.Console, minimum int) (string, error) {
	t.Helper()
	var all []string
	err := c.Entities(t.Context(), []entity.Kind{entity.KindHost}, minimum, func(_ entity.Kind, id string, urgency int) error {
		all = append(all, fmt.Sprintf("%s:%d", id, urgency))
		return nil
	})
	return strings.Join(all, " "), err
}

func TestDecode22_9_UrgentEntitiesAreReadAsFarAsNeeded(t *testing.T) {
	tests := map[string]struct {
		pages    [][]string
		want     string
		requests int
	}{
		"none":                     {[][]string{{}}, "", 1},
		"threshold is inclusive":   {[][]string{{rated(1, 91), rated(2, 90), rated(3, 89)}}, "1:91 2:90", 1},
		"ties in any order":        {[][]string{{rated(9, 90), rated(2, 90), rated(5, 90)}, {rated(1, 90), rated(3, 10)}}, "9:90 2:90 5:90 1:90", 2},
		"threshold at a page end":  {[][]string{{rated(1, 95), rated(2, 90)}, {rated(3, 89), rated(4, 1)}, {rated(5, 0)}}, "1:95 2:90", 2},
		"below at a page end":      {[][]string{{rated(1, 95), rated(2, 89)}, {rated(3, 88)}}, "1:95", 1},
		"order not obeyed":         {[][]string{{rated(1, 10), rated(2, 95)}, {rated(3, 5), rated(4, 99)}}, "2:95 4:99", 2},
		"order broken by a page":   {[][]string{{rated(1, 95), rated(2, 90)}, {rated(3, 99), rated(4, 1)}, {rated(5, 93)}}, "1:95 2:90 3:99 5:93", 3},
		"other type in between":    {[][]string{{rated(1, 95), `{"id":2,"type":"account","urgency_score":94}`, rated(3, 93)}}, "1:95 3:93", 1},
		"score null":               {[][]string{{rated(1, 95), `{"id":2,"type":"host","urgency_score":null}`, rated(3, 93)}}, "1:95 3:93", 1},
		"score as fraction":        {[][]string{{`{"id":1,"type":"host","urgency_score":90.0}`}}, "1:90", 1},
		"an id of both types":      {[][]string{{`{"id":7,"type":"account","urgency_score":99}`, rated(7, 95)}}, "7:95", 1},
		"nothing on a page's rest": {[][]string{{rated(1, 95)}, {}}, "1:95", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).granting().pages("GET /api/v3.4/entities", tt.pages...)
			if got := urgent(t, b.rux(), 90); got != tt.want {
				t.Errorf("entities %q, want %q", got, tt.want)
			}
			if n := len(b.seen("GET", "/api/v3.4/entities")); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
		})
	}
}

func TestDecode22_9_OldTenantsHaveOldNames(t *testing.T) {
	for version, name := range map[string]string{"3.1": "entity_type", "3.2": "entity_type", "3.3": "type", "3.4": "type"} {
		b := newBrain(t).granting()
		b.mux.HandleFunc("GET /api/v"+version+"/entities", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get(name) != "host" {
				reply(w, 400, `{"errors":[{"title":"Unable to look up specified entity"}]}`)
				return
			}
			reply(w, 200, envelope(3, "",
				`{"id":1,"entity_type":"host","urgency_score":95}`,
				`{"id":2,"entity_type":"host","type":"host","urgency_score":94}`,
				`{"id":3,"entity_type":"account","urgency_score":93}`))
		})
		if got := urgent(t, b.rux(api(version)), 90); got != "1:95 2:94" {
			t.Errorf("%s: entities %q", version, got)
		}
	}
}

func TestDecode22_9_A400SaysWhatTheBrainSaid(t *testing.T) {
	b := newBrain(t).granting().on("GET /api/v3.3/entities", 400, `{"errors":[{"title":"Unable to look up specified entity"}]}`)
	if _, err := urgentOr(t, b.rux(api("3.3")), 90); err == nil || !strings.Contains(err.Error(), "Unable to look up specified entity") {
		t.Errorf("error %v", err)
	}
}

func TestEntitiesThatCannotBeReadAreAnError(t *testing.T) {
	for name, row := range map[string]string{"trimmed too far": `{"id":1,"type":"host"}`, "no id": `{"type":"host","urgency_score":9}`, "odd id": `{"id":[],"uid":"x","urgency_score":9}`, "broken": `"x"`} {
		b := newBrain(t).granting().on("GET /api/v3.4/entities", 200, envelope(1, "", row))
		if got, err := urgentOr(t, b.rux(), 90); !errors.Is(err, vectra.ErrIncomplete) {
			t.Errorf("%s: %q, %v, want ErrIncomplete", name, got, err)
		}
	}
}

// A host and an account of one id are two entities, and one walk finds both.
func TestHostsAndAccountsAreRankedTogether(t *testing.T) {
	b := newBrain(t).granting().pages("GET /api/v3.4/entities", []string{rated(7, 95), `{"id":7,"type":"account","urgency_score":93}`, rated(8, 10)})
	var got []string
	err := b.rux().Entities(t.Context(), []entity.Kind{entity.KindHost, entity.KindAccount}, 90, func(k entity.Kind, id string, urgency int) error {
		got = append(got, fmt.Sprint(k, " ", id, ":", urgency))
		return nil
	})
	if d := cmp.Diff([]string{"host 7:95", "account 7:93"}, got); d != "" || err != nil {
		t.Errorf("error %v, entities (-want +got):\n%s", err, d)
	}
	if asked := b.seen("GET", "/api/v3.4/entities"); len(asked) != 1 || asked[0].query["type"][0] != "host,account" {
		t.Errorf("asked %v", asked)
	}
	untold := newBrain(t).granting().on("GET /api/v3.4/entities", 200, envelope(1, "", `{"id":1,"urgency_score":95}`))
	err = untold.rux().Entities(t.Context(), []entity.Kind{entity.KindHost, entity.KindAccount}, 90, nil)
	if !errors.Is(err, vectra.ErrIncomplete) {
		t.Errorf("an entity without a type is either: error %v", err)
	}
}

func TestUrgencyIsUnsupportedWhereThereIsNone(t *testing.T) {
	b := newBrain(t)
	none := func(entity.Kind, string, int) error { return nil }
	for name, err := range map[string]error{
		"appliance":  b.qux().Entities(t.Context(), []entity.Kind{entity.KindHost}, 90, none),
		"old tenant": b.rux(api("3.0")).Entities(t.Context(), []entity.Kind{entity.KindHost}, 90, none),
		"detections": b.rux().Entities(t.Context(), []entity.Kind{entity.KindHost, entity.KindDetection}, 90, none),
	} {
		if entity.ClassOf(err) != entity.Unsupported {
			t.Errorf("%s: error %v, want unsupported", name, err)
		}
	}
}

func TestAnErrorOfTheCallerEndsTheEntities(t *testing.T) {
	b := newBrain(t).granting().pages("GET /api/v3.4/entities", []string{rated(1, 95)}, []string{rated(2, 95)})
	enough := errors.New("enough")
	err := b.rux().Entities(t.Context(), []entity.Kind{entity.KindHost}, 90, func(entity.Kind, string, int) error { return enough })
	if d := cmp.Diff(1, len(b.seen("GET", "/api/v3.4/entities"))); !errors.Is(err, enough) || d != "" {
		t.Errorf("error %v, requests (-want +got):\n%s", err, d)
	}
}
