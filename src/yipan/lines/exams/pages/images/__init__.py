"""Pages of images and electrocardiograms: the viewer, the ECG, and the queue of studies without an order."""

from yipan.lines.exams.pages.images import ecg, queue, viewer

PAGES = (*viewer.PAGES, *ecg.PAGES, *queue.PAGES)
NAV = (queue.NAV,)
