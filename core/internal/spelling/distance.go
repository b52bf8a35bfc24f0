// Package spelling compares names that may be misspelt.
package spelling

// Distance is the Levenshtein distance between a and b, in bytes, or most+1 if it is more
// than most. It takes time proportional to the product of the lengths, but returns at once
// if these differ by more than most.
func Distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner, least := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			d := corner
			if a[i] != b[j] {
				d = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return min(row[len(b)], most+1)
}
