module cairn.example/cairn

go 1.27
