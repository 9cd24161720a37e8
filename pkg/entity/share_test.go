package entity_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Details are shared only where every field says the same, also one that comes with a later version.
func TestDetailsThatDifferAreNotShared(t *testing.T) {
	for _, detail := range []any{entity.Host{}, entity.Detection{}} {
		kind := reflect.TypeOf(detail)
		for i := range kind.NumField() {
			name := kind.Field(i).Name
			now, was := reflect.New(kind), reflect.New(kind)
			change(t, now.Elem().Field(i))
			a, b := about(now.Interface()), about(was.Interface())
			a.Share(&b)
			shared := a.Host == b.Host && a.Detection == b.Detection
			if counts := name != "Raw" && name != "LastSeen"; shared == counts {
				t.Errorf("%s that differ in %s: shared %v", kind.Name(), name, shared)
			}
		}
	}
}

func about(detail any) entity.Target {
	h, _ := detail.(*entity.Host)
	d, _ := detail.(*entity.Detection)
	return entity.Target{Name: "pc", Host: h, Detection: d}
}

func change(t *testing.T, f reflect.Value) {
	t.Helper()
	switch {
	case f.Type() == reflect.TypeFor[time.Time]():
		f.Set(reflect.ValueOf(time.Unix(1, 0)))
	case f.Kind() == reflect.String:
		f.SetString("other")
	case f.Kind() == reflect.Bool:
		f.SetBool(true)
	case f.Kind() == reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 1, 1))
	default:
		t.Fatalf("a field of type %s", f.Type())
	}
}
