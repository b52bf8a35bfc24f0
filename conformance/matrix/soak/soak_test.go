package soak

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	soakTime = flag.Duration("soak", 2*time.Second, "how long TestSoak lasts; a minute or more makes it print its report")
	write    = flag.String("soak.write", "", "write TestSoak's report to this file too")
)

// TestSoak is the soak. It runs alone, because it counts what the whole process holds.
func TestSoak(t *testing.T) {
	s := settings{time: *soakTime, decisions: 5_000, patience: time.Minute, pools: *soakTime >= time.Minute}
	o := soak(t, targets, s)
	text := o.report()
	if s.pools || testing.Verbose() {
		fmt.Print(text)
	}
	if *write != "" {
		if err := os.WriteFile(*write, []byte(text), 0o644); err != nil {
			t.Error(err)
		}
	}
	for _, p := range o.problems {
		t.Error(p)
	}
	if o.count > len(o.problems) {
		t.Errorf("and %d problems more", o.count-len(o.problems))
	}
	for i := range kinds {
		sent := uint64(0)
		for at := range o.targets {
			sent += o.total.kinds[at][i]
		}
		if sent == 0 && s.pools {
			t.Errorf("%q was sent only in the warm-up", kinds[i].name)
		}
	}
}

// Every adapter must be in the table.
func TestRollCall(t *testing.T) {
	modules, err := filepath.Glob("../../../adapters/*/go.mod")
	if err != nil || len(modules) == 0 {
		t.Fatalf("%d adapters, %v", len(modules), err)
	}
	listed := make(map[string]bool)
	for _, a := range adapters() {
		listed[a.name] = true
	}
	for _, m := range modules {
		if name := filepath.Base(filepath.Dir(m)); !listed[name] {
			t.Errorf("%s is not soaked", name)
		}
	}
	if len(modules) != len(adapters()) {
		t.Errorf("%d modules under adapters, but %d in the table", len(modules), len(adapters()))
	}
}
