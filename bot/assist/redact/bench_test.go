package redact

import "testing"

func BenchmarkText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Text("はじめまして、田中と申します。夫の健一に毎晩怒鳴られて、090-1234-5678 に逃げたいと友達に言いました。My friend Anna told me to write here.")
	}
}
