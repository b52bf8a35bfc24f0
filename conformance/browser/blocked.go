package browser

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// blocked returns the error for a request that browsers refuse before they send anything,
// or nil (Fetch, section Main fetch, step 7).
func (f *fetch) blocked() *Failure {
	const section = "Main fetch, step 7"
	if !f.client.StrictURLs {
		return nil
	}
	if port := f.url.Port(); badPort(port) {
		return typeError(section, "Fetch API cannot load "+f.url.String()+". Browsers refuse the port "+port+" (net::ERR_UNSAFE_PORT).")
	}
	if mixedContent(f.client.Origin, f.url, f.client.Engine) {
		return typeError(section, "Mixed Content: The page at '"+f.client.Origin+"/' was loaded over HTTPS, but requested an insecure resource '"+
			f.url.String()+"'. This request has been blocked; the content must be served over HTTPS.")
	}
	return nil
}

// badPorts are the ports that no fetch may connect to (Fetch, section Port blocking, "bad
// port"). Port 0 is an addition of Chromium.
var badPorts = []uint64{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113,
	115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556,
	563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
	6668, 6669, 6679, 6697, 10080,
}

// badPort reports whether browsers refuse to connect to a port, written as in a URL. ""
// is the scheme's default port.
func badPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return false
	}
	_, found := slices.BinarySearch(badPorts, n)
	return found
}

// mixedContent reports whether a page of an https origin requests http (Mixed Content,
// section "Should fetching request be blocked as mixed content?"). Except in WebKit, it
// may request http from the user's own machine. For a page with the origin null, the
// origin of the embedding page decides, which is not known here.
func mixedContent(page string, target *url.URL, e Engine) bool {
	if !strings.HasPrefix(page, "https://") || target.Scheme != "http" {
		return false
	}
	return e.LoopbackIsMixed || !trustworthy(originOf(target))
}
