#!/bin/sh
# boot.sh FOLDER: in namespaces of its own, starts systemd over a copy of this machine's files that takes nothing back.
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
	touch "dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
mount -t devpts devpts dev/pts
ln -s pts/ptmx dev/ptmx
printf '[Unit]\nDescription=nothing of this machine\n' >etc/systemd/system/box.target
mkdir -p etc/systemd/system/service.d
printf '[Service]\nStandardOutput=append:/var/log/services\nStandardError=inherit\n' >etc/systemd/system/service.d/log.conf
# No chroot: in one the kernel makes no user namespaces, which PrivateUsers= needs.
mkdir run/outside
pivot_root . run/outside
umount -l run/outside
mount --make-rshared /
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=other \
	/lib/systemd/systemd --system --unit=box.target --log-target=console --show-status=no
