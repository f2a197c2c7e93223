package house

import "os"

// The tests of the house stand at the top of the tree, where `go build .`
// makes the program and the content, the pages and the papers lie.
func init() {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
}
