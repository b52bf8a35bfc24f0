package corslog

// Words lets tests see that no reason is forgotten.
var Words = words

// SiteOf lets tests see what counts as one site.
var SiteOf = siteOf
