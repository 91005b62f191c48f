"""The attributes that Yipan reads or writes (PS3.6), by tag and by the standard's keyword."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: `key` as DICOM JSON writes it ("00280010"), `keyword` as the standard names it ("Rows")."""

    key: str
    keyword: str

    def __str__(self) -> str:
        """As people look it up: (0028,0010) Rows."""
        return f"({self.key[:4]},{self.key[4:]}) {WORDS.sub(' ', self.keyword)}"


SPECIFIC_CHARACTER_SET = Tag("00080005", "SpecificCharacterSet")
SOP_CLASS_UID = Tag("00080016", "SOPClassUID")
SOP_INSTANCE_UID = Tag("00080018", "SOPInstanceUID")
STUDY_DATE = Tag("00080020", "StudyDate")
STUDY_TIME = Tag("00080030", "StudyTime")
ACCESSION_NUMBER = Tag("00080050", "AccessionNumber")
MODALITY = Tag("00080060", "Modality")
MODALITIES_IN_STUDY = Tag("00080061", "ModalitiesInStudy")
TIMEZONE_OFFSET = Tag("00080201", "TimezoneOffsetFromUTC")
STUDY_DESCRIPTION = Tag("00081030", "StudyDescription")
SERIES_DESCRIPTION = Tag("0008103E", "SeriesDescription")
AVAILABLE_TRANSFER_SYNTAX_UID = Tag("00083002", "AvailableTransferSyntaxUID")
PATIENT_NAME = Tag("00100010", "PatientName")
PATIENT_ID = Tag("00100020", "PatientID")
ISSUER_OF_PATIENT_ID = Tag("00100021", "IssuerOfPatientID")
PATIENT_BIRTH_DATE = Tag("00100030", "PatientBirthDate")
PATIENT_SEX = Tag("00100040", "PatientSex")
IMAGER_PIXEL_SPACING = Tag("00181164", "ImagerPixelSpacing")
STUDY_INSTANCE_UID = Tag("0020000D", "StudyInstanceUID")
SERIES_INSTANCE_UID = Tag("0020000E", "SeriesInstanceUID")
SERIES_NUMBER = Tag("00200011", "SeriesNumber")
INSTANCE_NUMBER = Tag("00200013", "InstanceNumber")
IMAGE_POSITION = Tag("00200032", "ImagePositionPatient")
IMAGE_ORIENTATION = Tag("00200037", "ImageOrientationPatient")
STUDY_SERIES = Tag("00201206", "NumberOfStudyRelatedSeries")
STUDY_INSTANCES = Tag("00201208", "NumberOfStudyRelatedInstances")
SERIES_INSTANCES = Tag("00201209", "NumberOfSeriesRelatedInstances")
SAMPLES_PER_PIXEL = Tag("00280002", "SamplesPerPixel")
PHOTOMETRIC_INTERPRETATION = Tag("00280004", "PhotometricInterpretation")
PLANAR_CONFIGURATION = Tag("00280006", "PlanarConfiguration")
NUMBER_OF_FRAMES = Tag("00280008", "NumberOfFrames")
ROWS = Tag("00280010", "Rows")
COLUMNS = Tag("00280011", "Columns")
PIXEL_SPACING = Tag("00280030", "PixelSpacing")
BITS_ALLOCATED = Tag("00280100", "BitsAllocated")
BITS_STORED = Tag("00280101", "BitsStored")
HIGH_BIT = Tag("00280102", "HighBit")
PIXEL_REPRESENTATION = Tag("00280103", "PixelRepresentation")
WINDOW_CENTER = Tag("00281050", "WindowCenter")
WINDOW_WIDTH = Tag("00281051", "WindowWidth")
RESCALE_INTERCEPT = Tag("00281052", "RescaleIntercept")
RESCALE_SLOPE = Tag("00281053", "RescaleSlope")
RESCALE_TYPE = Tag("00281054", "RescaleType")
LOSSY_COMPRESSION = Tag("00282110", "LossyImageCompression")
SHARED_GROUPS = Tag("52009229", "SharedFunctionalGroupsSequence")
FRAME_GROUPS = Tag("52009230", "PerFrameFunctionalGroupsSequence")
PIXEL_MEASURES = Tag("00289110", "PixelMeasuresSequence")
FRAME_VOI_LUT = Tag("00289132", "FrameVOILUTSequence")
PIXEL_VALUE_TRANSFORMATION = Tag("00289145", "PixelValueTransformationSequence")
