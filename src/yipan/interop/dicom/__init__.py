"""DICOM on the network: the archive over DICOMweb, and the worklist that devices ask.

What an attribute means comes from `yipan.codecs.dicom`, what becomes of it from the line of examinations. Set by
YIPAN_ARCHIVE_… and YIPAN_DICOM_…, see docs/reference/settings.md.
"""
