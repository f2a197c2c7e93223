package script

import (
	"slices"
)

// readRooms reads 部屋で話す: which talks take place in the room, by topic and by danger.
func (l *loader) readRooms(f *file, fs map[string]entry) {
	e, ok := fs["部屋で話す"]
	if !ok {
		return
	}
	h := &l.b.House
	in := f.fields(e.value, "部屋で話す", "題", "急ぎ")
	if at, ok := in["題"]; ok {
		for _, it := range f.texts(at.value, "題") {
			h.Rooms = append(h.Rooms, it.text)
		}
	}
	if at, ok := in["急ぎ"]; ok {
		for _, it := range f.texts(at.value, "急ぎ") {
			if !slices.Contains(dangerWords, it.text) {
				f.unknown(it.at, "word", it.text, "急ぎ", dangerWords)
				continue
			}
			h.RoomRisks = append(h.RoomRisks, dangers[it.text])
		}
	}
}
