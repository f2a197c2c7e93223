package backup

// unpack is LZF, in which Redis keeps long keys.
func unpack(in []byte, size int) ([]byte, error) {
	if size < 0 || size > longest {
		return nil, errShape
	}
	out := make([]byte, 0, min(size, 1<<16))
	for len(in) > 0 {
		head := int(in[0])
		in = in[1:]
		if head < 32 {
			if len(in) < head+1 {
				return nil, errShape
			}
			out, in = append(out, in[:head+1]...), in[head+1:]
			continue
		}
		n := head >> 5
		if n == 7 && len(in) > 0 {
			n, in = n+int(in[0]), in[1:]
		}
		if len(in) == 0 {
			return nil, errShape
		}
		from := len(out) - (head&31)<<8 - int(in[0]) - 1
		in = in[1:]
		if from < 0 || len(out)+n+2 > size {
			return nil, errShape
		}
		for range n + 2 {
			out = append(out, out[from])
			from++
		}
	}
	if len(out) != size {
		return nil, errShape
	}
	return out, nil
}
