module NAME

go 1.27

require cairn.example/cairn v0.1.0

replace cairn.example/cairn => ./cairn
