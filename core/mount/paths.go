package mount

import (
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/pathtree"
)

// paths finds the group of a path that no route serves. It reads paths as cors.Routes does.
type paths struct {
	app, ambiguous *Scope
	byHost         map[string]*tree // by host in lower case, "" for groups without one
	hosts          bool             // some group has a host
}

type tree = pathtree.Tree[*Scope]

func newPaths(t *Table, groups map[string]*Scope) paths {
	p := paths{app: t.app, ambiguous: t.ambiguous, byHost: make(map[string]*tree)}
	for prefix, scope := range groups {
		slash := strings.IndexByte(prefix+"/", '/')
		host := ascii.ToLower(prefix[:slash])
		p.hosts = p.hosts || host != ""
		if p.byHost[host] == nil {
			p.byHost[host] = &tree{Wild: isParameter}
		}
		key := prefix[slash:] + "/"
		if replaced, _ := p.byHost[host].Insert(key, scope); replaced != nil {
			p.byHost[host].Insert(key, t.ambiguous) // "/:id" and "/:name" match the same paths
		}
	}
	return p
}

// isParameter reports whether a segment of a pattern holds a parameter, in any framework's
// spelling.
func isParameter(segment string) bool { return strings.ContainsAny(segment, ":*+?{") }

// scope returns the Scope of the group of path, or the application's. host is the Host of
// the request: host, or host:port.
func (p *paths) scope(host, path string) *Scope {
	if p.hosts {
		if found := p.host(host); found != nil {
			if scope := p.in(found, path); scope != p.app {
				return scope
			}
		}
	}
	return p.in(p.byHost[""], path)
}

// host returns the groups of a host, or nil. Routers compare hosts with and without the
// port. Case does not matter (RFC 9110, section 4.2.3).
func (p *paths) host(host string) *tree {
	if host == "" {
		return nil
	}
	name, port := host, strings.LastIndexByte(host, ':')
	if port >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:port]
	}
	for key, found := range p.byHost {
		if ascii.EqualFold(host, key) || ascii.EqualFold(name, key) {
			return found
		}
	}
	return nil
}

func (p *paths) in(t *tree, path string) *Scope {
	if t == nil {
		t = new(tree)
	}
	switch found, sound := t.Match(path); {
	case !sound:
		return p.ambiguous
	case found == nil:
		return p.app
	default:
		return *found
	}
}
