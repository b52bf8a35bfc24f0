package policies

// Bounded lets tests read what hangs.
var Bounded = bounded
