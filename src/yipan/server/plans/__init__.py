"""What commands of long work share (`yipan plan`, `yipan simulate`): their files, and the person who waits."""
