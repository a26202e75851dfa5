package web

import "net/http"

// contentPolicy lets a page load its own files and nothing else: no inline script or
// style, no frame, no form to elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// fixedHeaders go with every answer. The slices are shared: nobody appends to them.
var fixedHeaders = http.Header{
	"Content-Security-Policy":      {contentPolicy},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"}, // what frame-ancestors says, for browsers before it
	"X-Xss-Protection":             {"0"},    // filters of old browsers made holes
	"Referrer-Policy":              {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cache-Control":                {"no-store"},
}

// strict keeps browsers from ever asking this host by HTTP again, and what is below its name unless the operator has
// neighbours there. nil says nothing.
func (o Options) strict() []string {
	switch {
	case !o.HTTPS:
		return nil
	case o.HSTSOfHostAlone:
		return []string{"max-age=31536000"}
	}
	return []string{"max-age=31536000; includeSubDomains"}
}

func setHeaders(h http.Header, requestID string, hsts []string) {
	for name, value := range fixedHeaders {
		h[name] = value
	}
	if hsts != nil {
		h["Strict-Transport-Security"] = hsts
	}
	h.Set("X-Request-Id", requestID)
}
