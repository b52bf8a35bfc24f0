package policies_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossgate/cors/core/policies"
)

// every is the period of the tests, by the clock of synctest.
const every = 2 * time.Second

// follower follows a file in its own folder. It runs in a bubble of synctest, where time
// passes when all goroutines wait.
type follower struct {
	t      *testing.T
	folder string
	file   string
	set    *policies.Set

	mu      sync.Mutex
	reports []error
}

func (f *follower) report(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reports = append(f.reports, err)
}

// follow runs a scenario while Follow runs, and waits for the end of both.
func follow(t *testing.T, wrap func(read) read, scenario func(*follower)) {
	t.Helper()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := &follower{t: t, folder: folder, file: filepath.Join(folder, "cors.json"), set: newSet(t)}
		f.write(f.file, document(1))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			policies.Follow(ctx, wrap(policies.File(f.file)), every, f.set.LoadJSON, f.report)
		}()
		f.settle()
		f.expect("the file that is there at the start", 1, "")
		scenario(f)
		cancel()
		<-done
	})
}

type read = func(context.Context) ([]byte, error)

func asItIs(r read) read { return r }

// settle waits until a document is read and in force.
func (f *follower) settle() {
	f.t.Helper()
	time.Sleep(2*every + every/2)
	synctest.Wait()
}

// expect checks which version is in force, and the one report since the last call: "" for
// nil, a part of an error, or "none" for no report.
func (f *follower) expect(what string, version int, report string) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if got := inForce(f.set); got != version {
		f.t.Errorf("%s: version %d is in force, want %d", what, got, version)
	}
	switch {
	case report == "none" && len(f.reports) == 0:
	case report == "none" || len(f.reports) != 1:
		f.t.Errorf("%s: the reports are %v", what, f.reports)
	case report == "" && f.reports[0] != nil:
		f.t.Errorf("%s: reported is %v", what, f.reports[0])
	case report != "" && (f.reports[0] == nil || !strings.Contains(f.reports[0].Error(), report)):
		f.t.Errorf("%s: reported is %v, want %q", what, f.reports[0], report)
	}
	f.reports = nil
}

func (f *follower) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *follower) write(name string, content []byte) {
	f.t.Helper()
	f.must(os.WriteFile(name, content, 0o600))
}

// configMap writes a version as Kubernetes does: into a new folder. Then it changes the
// link ..data to this folder.
func (f *follower) configMap(version int) {
	f.t.Helper()
	folder := "..2026_" + string(rune('a'+version))
	f.must(os.Mkdir(filepath.Join(f.folder, folder), 0o700))
	f.write(filepath.Join(f.folder, folder, "cors.json"), document(version))
	data, next := filepath.Join(f.folder, "..data"), filepath.Join(f.folder, "..data_tmp")
	old, err := os.Readlink(data)
	f.must(os.Symlink(folder, next))
	f.must(os.Rename(next, data))
	if err == nil {
		f.must(os.RemoveAll(filepath.Join(f.folder, old)))
	}
}

// Follow notices a new document, however the file is replaced.
func TestFollow(t *testing.T) {
	t.Parallel()
	for name, scenario := range map[string]func(*follower){
		"nothing changes": func(f *follower) {
			f.settle()
			f.expect("nothing", 1, "none")
		},
		"written in place": func(f *follower) {
			f.write(f.file, document(2))
			f.settle()
			f.expect("once", 2, "")
			f.write(f.file, document(3))
			f.settle()
			f.expect("twice", 3, "")
		},
		"written in place with the same content": func(f *follower) {
			f.write(f.file, document(1))
			f.settle()
			f.expect("the same", 1, "none")
		},
		"renamed over": func(f *follower) {
			for version := 2; version < 5; version++ {
				f.write(f.file+"~", document(version))
				f.must(os.Rename(f.file+"~", f.file))
				f.settle()
				f.expect("renamed", version, "")
			}
		},
		"a ConfigMap, changed twice": func(f *follower) {
			f.must(os.Remove(f.file))
			f.configMap(2)
			f.must(os.Symlink("..data/cors.json", f.file))
			for version := 3; version < 5; version++ {
				f.settle()
				f.expect("the ConfigMap", version-1, "")
				f.configMap(version)
			}
			f.settle()
			f.expect("the ConfigMap", 4, "")
		},
		"a link into another folder": func(f *follower) {
			other := filepath.Join(f.t.TempDir(), "real.json")
			f.write(other, document(2))
			f.must(os.Remove(f.file))
			f.must(os.Symlink(other, f.file))
			f.settle()
			f.expect("linked", 2, "")
			f.write(other, document(3))
			f.settle()
			f.expect("written behind the link", 3, "")
		},
		"the folder is made anew": func(f *follower) {
			f.must(os.RemoveAll(f.folder))
			f.settle()
			f.expect("removed", 1, "no such file")
			f.must(os.Mkdir(f.folder, 0o700))
			f.settle()
			f.expect("empty", 1, "none")
			f.write(f.file, document(2))
			f.settle()
			f.expect("made anew", 2, "")
			f.write(f.file, document(3))
			f.settle()
			f.expect("written in place", 3, "")
		},
		"removed, and put back as it was": func(f *follower) {
			f.must(os.Remove(f.file))
			f.settle()
			f.settle()
			f.expect("removed", 1, "no such file")
			f.write(f.file, document(1))
			f.settle()
			f.expect("put back", 1, "")
		},
		"a folder in its place": func(f *follower) {
			f.must(os.Remove(f.file))
			f.must(os.Mkdir(f.file, 0o700))
			f.settle()
			f.expect("a folder", 1, "is a directory")
		},
		"cut short, then whole": func(f *follower) {
			f.write(f.file, document(2)[:40])
			f.settle()
			f.settle()
			f.expect("cut short", 1, "ends too early")
			f.write(f.file, nil)
			f.settle()
			f.expect("empty", 1, "ends too early")
			f.write(f.file, document(2))
			f.settle()
			f.expect("whole", 2, "")
		},
		"invalid, then right": func(f *follower) {
			f.write(f.file, []byte(`{"public": {"allowOrigins": ["*"]}, "partners": {"allowOrigins": ["https://v2.example/"]}}`))
			f.settle()
			f.settle()
			f.expect("invalid", 1, `write "https://v2.example"`)
			f.write(f.file, []byte(`{"public": {"allowOrigins": ["*"]}}`))
			f.settle()
			f.expect("a policy is missing", 1, `there is no policy "partners"`)
			f.write(f.file, document(2))
			f.settle()
			f.expect("right", 2, "")
			f.write(f.file, document(1))
			f.settle()
			f.expect("rolled back", 1, "")
		},
		"a slow writer": func(f *follower) {
			file, err := os.OpenFile(f.file, os.O_WRONLY|os.O_TRUNC, 0)
			f.must(err)
			for _, b := range document(2) {
				_, err := file.Write([]byte{b})
				f.must(err)
				time.Sleep(every / 3)
			}
			f.must(file.Close())
			f.expect("written byte by byte", 1, "reads of the document differ")
			f.settle()
			f.expect("written", 2, "")
		},
		"a writer that rests": func(f *follower) {
			f.write(f.file, document(2)[:50])
			f.settle()
			f.expect("half written", 1, "ends too early")
			f.write(f.file, document(2))
			f.settle()
			f.expect("written", 2, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			follow(t, asItIs, scenario)
		})
	}
}

// If the file may not be read, the policies in force stay. The test is not parallel,
// because it changes the rights of the process.
func TestFollowPermission(t *testing.T) {
	unprivileged, reason := asNobody()
	if unprivileged == nil {
		t.Skip(reason)
	}
	folder, err := os.MkdirTemp("", "policies") //nolint:usetesting // other users may not enter the folders of TempDir
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	synctest.Test(t, func(t *testing.T) {
		f := &follower{t: t, file: filepath.Join(folder, "cors.json"), set: newSet(t)}
		f.must(os.Chmod(folder, 0o755))
		f.must(os.WriteFile(f.file, document(1), 0o600))
		f.must(os.Chmod(f.file, 0o644))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go policies.Follow(ctx, unprivileged(policies.File(f.file)), every, f.set.LoadJSON, f.report)
		f.settle()
		f.expect("permitted", 1, "")
		f.must(os.Chmod(f.file, 0))
		f.settle()
		f.settle()
		f.expect("permission lost", 1, "permission denied")
		f.write(f.file+"~", document(2))
		f.must(os.Chmod(f.file+"~", 0o644))
		f.must(os.Rename(f.file+"~", f.file))
		f.settle()
		f.expect("permitted again", 2, "")
	})
}

// If a read hangs, it is given up, and the next one is tried.
func TestFollowHanging(t *testing.T) {
	t.Parallel()
	var hangs atomic.Bool
	wrap := func(r read) read {
		return func(ctx context.Context) ([]byte, error) {
			if hangs.Load() {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return r(ctx)
		}
	}
	follow(t, wrap, func(f *follower) {
		hangs.Store(true)
		f.settle()
		f.settle()
		f.expect("hanging", 1, context.DeadlineExceeded.Error())
		hangs.Store(false)
		f.write(f.file, document(2))
		f.settle()
		f.settle()
		f.expect("answered", 2, "")
	})
}

// A document is applied only after two equal reads, however the file changes.
func TestFollowFlicker(t *testing.T) {
	t.Parallel()
	n := 0
	wrap := func(r read) read {
		return func(ctx context.Context) ([]byte, error) {
			if n++; n > 4 && n < 12 {
				return document(n % 2), nil
			}
			return r(ctx)
		}
	}
	follow(t, wrap, func(f *follower) {
		time.Sleep(6 * every)
		synctest.Wait()
		f.expect("flickering", 1, "none")
	})
}

// If no two reads are equal, this is reported once. The document is applied when two are
// equal.
func TestFollowUnsettled(t *testing.T) {
	t.Parallel()
	var n, rest atomic.Int64 // all reads from number rest on are equal
	wrap := func(r read) read {
		return func(ctx context.Context) ([]byte, error) {
			if i := n.Add(1); i > 4 && i < rest.Load() {
				return fmt.Append(nil, "{} ", i), nil
			}
			return r(ctx)
		}
	}
	rest.Store(1000)
	follow(t, wrap, func(f *follower) {
		time.Sleep(9 * every)
		synctest.Wait()
		f.expect("nine readings differ", 1, "none")
		time.Sleep(40 * every)
		synctest.Wait()
		f.expect("forty differ", 1, "the last 10 reads of the document differ from each other, so none is applied")
		rest.Store(0)
		f.settle()
		f.expect("the first document again", 1, "")
		f.settle()
		f.expect("nothing changes", 1, "none")
		rest.Store(n.Load() + 9)
		time.Sleep(20 * every)
		synctest.Wait()
		f.expect("eight readings differ, and then no more", 1, "none")
	})
}

// The first document is in force before the first period ends.
func TestFollowBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begun := time.Now()
		var read []time.Duration
		policies.Follow(ctx, func(context.Context) ([]byte, error) {
			read = append(read, time.Since(begun))
			if len(read) == 4 {
				cancel()
			}
			return nil, nil
		}, time.Hour, func([]byte) error {
			if d := time.Since(begun); d > time.Second {
				t.Errorf("it is applied after %v", d)
			}
			return nil
		}, func(error) {})
		if len(read) != 4 || read[2]-read[1] != time.Hour || read[3]-read[2] != time.Hour {
			t.Errorf("the readings are at %v", read)
		}
	})
}

// Follow returns when ctx ends, even during a read, and reports nothing.
func TestFollowEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			policies.Follow(ctx, func(ctx context.Context) ([]byte, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}, every, func([]byte) error { return nil }, func(err error) { t.Errorf("reported is %v", err) })
		}()
		synctest.Wait()
		cancel()
		<-done
	})
}

// What Follow cannot work with is found at start.
func TestFollowWithoutFunctions(t *testing.T) {
	t.Parallel()
	read := func(context.Context) ([]byte, error) { return nil, nil }
	apply, report := func([]byte) error { return nil }, func(error) {}
	ended, end := context.WithCancel(t.Context())
	end()
	for name, follow := range map[string]func(){
		"read":          func() { policies.Follow(ended, nil, time.Second, apply, report) },
		"apply":         func() { policies.Follow(ended, read, time.Second, nil, report) },
		"report":        func() { policies.Follow(ended, read, time.Second, apply, nil) },
		"every":         func() { policies.Follow(ended, read, 0, apply, report) },
		"a past period": func() { policies.Follow(ended, read, -time.Second, apply, report) },
	} {
		func() {
			defer func() {
				const want = "policies: Follow needs the functions read, apply and report, and a positive every"
				if got := recover(); got != want {
					t.Errorf("%s: the panic is %v", name, got)
				}
			}()
			follow()
		}()
	}
}

// unreadable is an error whose text panics with itself.
type unreadable struct{}

func (unreadable) Error() string { panic(unreadable{}) }

// A panic of a callback counts as an error, and Follow goes on.
func TestFollowContainsPanics(t *testing.T) {
	t.Parallel()
	for _, value := range []any{"a text", errors.New("an error"), (*os.PathError)(nil), unreadable{}} {
		for name, tt := range map[string]struct {
			broken string
			want   []string // the reports while the callback is broken, and those after that
		}{
			"read":   {"read", []string{"policies: read, which Follow calls, panicked: ", ""}},
			"apply":  {"apply", []string{"policies: apply, which Follow calls, panicked: ", ""}},
			"report": {"report", []string{"", ""}},
		} {
			t.Run(fmt.Sprintf("%s panics with %T", name, value), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					var healthy atomic.Bool
					at := func(place string) {
						if place == tt.broken && !healthy.Load() {
							panic(value)
						}
					}
					var reports []string
					done := make(chan struct{})
					go func() {
						defer close(done)
						policies.Follow(ctx, func(context.Context) ([]byte, error) {
							at("read")
							return fmt.Append(nil, healthy.Load()), nil
						}, every, func([]byte) error {
							at("apply")
							return nil
						}, func(err error) {
							line := ""
							if err != nil {
								line, _, _ = strings.Cut(err.Error(), "\n")
							}
							reports = append(reports, line)
							at("report")
						})
					}()
					time.Sleep(4*every + every/2)
					synctest.Wait()
					healthy.Store(true)
					time.Sleep(4 * every)
					synctest.Wait()
					cancel()
					<-done
					if len(reports) != len(tt.want) {
						t.Fatalf("reported is %q", reports)
					}
					for i, want := range tt.want {
						if want == "" && reports[i] != "" || !strings.HasPrefix(reports[i], want) {
							t.Errorf("reported is %q, want %q", reports[i], want)
						}
					}
				})
			})
		}
	}
}

// A panic of report is logged. The test is not parallel, because it replaces the default
// logger.
func TestFollowLogsAReportThatPanics(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	ctx, cancel := context.WithCancel(t.Context())
	policies.Follow(ctx, func(context.Context) ([]byte, error) { return nil, nil }, time.Millisecond,
		func([]byte) error { return nil }, func(error) { cancel(); panic("no map") })
	for _, want := range []string{"level=ERROR", "the report of policies.Follow panicked", "no map"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %q: %s", want, out.String())
		}
	}
}

func TestFollowPanics(t *testing.T) {
	t.Parallel()
	read := policies.File("cors.json")
	apply := func([]byte) error { return nil }
	report := func(error) {}
	for name, call := range map[string]func(context.Context){
		"no read":   func(ctx context.Context) { policies.Follow(ctx, nil, every, apply, report) },
		"no apply":  func(ctx context.Context) { policies.Follow(ctx, read, every, nil, report) },
		"no report": func(ctx context.Context) { policies.Follow(ctx, read, every, apply, nil) },
		"no period": func(ctx context.Context) { policies.Follow(ctx, read, 0, apply, report) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errors.New("it should have panicked"))
			defer func() {
				if recover() == nil {
					t.Error(context.Cause(ctx))
				}
			}()
			call(ctx)
		})
	}
}
