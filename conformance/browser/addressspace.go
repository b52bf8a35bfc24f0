package browser

import (
	"net"
	"net/netip"
	"strings"
)

// AddressSpace says which network an address belongs to (Local Network Access, section
// "IP address space").
type AddressSpace string

// The address spaces, from the least public to the most public.
const (
	Loopback AddressSpace = "loopback"
	Local    AddressSpace = "local"
	Public   AddressSpace = "public"
)

// AddressSpaceOf returns the address space of an address: this machine, a network without
// a route from the internet, or the internet.
func AddressSpaceOf(addr netip.Addr) AddressSpace {
	addr = addr.Unmap()
	carrier := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	switch {
	case addr.IsLoopback(), addr.IsUnspecified():
		return Loopback
	case addr.IsPrivate(), addr.IsLinkLocalUnicast(), carrier.Contains(addr):
		return Local
	}
	return Public
}

// lessPublic reports whether a request to a server in the address space s needs the
// user's permission, if the page comes from the address space than.
func (s AddressSpace) lessPublic(than AddressSpace) bool {
	rank := map[AddressSpace]int{Loopback: 1, Local: 2, Public: 3}
	return rank[s] > 0 && rank[s] < rank[than]
}

// refuseLocal returns Chromium's error if it may not send anything over a connection, or
// nil.
func (f *fetch) refuseLocal(remote net.Addr) *Failure {
	addr, err := netip.ParseAddrPort(remote.String())
	if err != nil || !f.client.Engine.LocalNetworkAccess {
		return nil
	}
	space := AddressSpaceOf(addr.Addr())
	if !space.lessPublic(f.client.AddressSpace) {
		return nil
	}
	const section = "HTTP-network fetch, Local Network Access check"
	if !trustworthy(f.client.Origin) { // a permission cannot help an insecure page
		return failed(section, InsecureLocalNetwork, string(space))
	}
	return failed(section, LocalNetworkAccessPermissionDenied, string(space))
}

// trustworthy reports whether a page of an origin is a secure context, as far as the
// origin shows (Secure Contexts, section "Is origin potentially trustworthy?"). The null
// origin of a sandboxed frame does not show it: Chromium uses the embedding page.
func trustworthy(origin string) bool {
	scheme, host, _ := strings.Cut(origin, "://")
	switch scheme {
	case "https", "wss", opaque:
		return true
	case "http", "ws":
		if u, err := parseTarget("http://" + host); err == nil {
			name := u.Hostname()
			addr, err := netip.ParseAddr(name)
			return err == nil && addr.IsLoopback() || localhost(name)
		}
		return false
	}
	return true // the scheme of an extension or an application
}
