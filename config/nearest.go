package config

// nearest is the setting whose name is a slip of the pen away, "" if none is.
func nearest(name string) string {
	best, distance := "", 4 // more than three slips are no slip
	for _, s := range Settings {
		if d := slips(name, s.Name); d < distance {
			best, distance = s.Name, d
		}
	}
	return best
}

// slips counts letters to change, add or drop between two names (Levenshtein).
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
