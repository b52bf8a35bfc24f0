package adapt

import (
	"strings"
	"unsafe"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Method returns the method of the request of c. The string shares memory with the request.
func Method(c *fasthttp.RequestCtx) string { return text(c.Method()) }

// Metadata returns the metadata of the request of c, for cors.MetadataSource. The strings
// share memory with the request.
func Metadata(c *fasthttp.RequestCtx) (host, path, fetchSite string) {
	h := &c.Request.Header
	return text(h.Host()), text(c.Request.URI().PathOriginal()), single(lines(h, "Sec-Fetch-Site"))
}

// lines returns every line of the header with the given canonical name. If the application
// keeps names as clients write them (DisableHeaderNormalizing), it ignores case. It leaves
// out fields of a trailer (RFC 9110, section 6.5.1), which PeekAll finds too.
func lines(h *fasthttp.RequestHeader, name string) [][]byte {
	if asWritten := h.DisableNormalizing(); !asWritten {
		all := h.PeekAll(name) // faster without normalizing: the name is canonical
		h.EnableNormalizing()
		if len(all) == 0 || len(h.PeekTrailerKeys()) == 0 {
			return all
		}
	}
	var found [][]byte
	for key, value := range h.All() {
		if strings.EqualFold(text(key), name) {
			found = append(found, value)
		}
	}
	return found
}

// single is join for a header that should have one line. Several lines never match anything,
// so single joins only the first two.
func single(lines [][]byte) string { return join(lines[:min(len(lines), 2)]) }

// join joins the lines of a header. The string shares memory with the request.
func join(lines [][]byte) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return text(lines[0])
	default:
		return cors.JoinLines(lines)
	}
}

// text returns b as a string that shares its memory.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf returns s as bytes that share its memory. Do not change them.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
