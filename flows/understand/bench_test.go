package understand_test

import (
	"testing"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// letter is about as long as people write.
const letter = "母が80で弟が53です。弟はもう20年くらい部屋にいます。私が死んだらどうなるんだろうって、夜になると考えます。" +
	"夫は仕事が忙しく、相談しても「そのうち何とかなる」と言うばかりで、私だけが毎日気を張っているような気がします。"

func BenchmarkRead(b *testing.B) {
	r := understand.New(shippedBundle(b))
	b.ReportAllocs()
	for b.Loop() {
		r.Read(letter, understand.Here{})
	}
}

func BenchmarkNew(b *testing.B) {
	bundle := shippedBundle(b)
	b.ReportAllocs()
	for b.Loop() {
		understand.New(bundle)
	}
}

func shippedBundle(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}
