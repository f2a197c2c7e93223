package flows

// AreaLevel says how wide an area is.
type AreaLevel int

// The levels, from the door next to one's own to beyond the town.
const (
	AreaNear   AreaLevel = iota + 1 // 近所
	AreaMiddle                      // 中間
	AreaCity                        // 市区
	AreaWide                        // 広域
)

// Area is a stretch of the town, or more than it, and who works there.
type Area struct {
	Name   string
	Level  AreaLevel
	Teams  []string // whose people may work there too
	People []string // names of accounts
}
